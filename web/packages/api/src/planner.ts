import { requestsTo, type ApiOptions } from "./client";
import type { PlanBasis, PlanRequest, SitePlan } from "./types";

export interface PlannerApi {
  /** What a centre takes; what is left out is as in the worked example. */
  plan: (site: PlanRequest) => Promise<SitePlan>;
  /** What came to the queues in the last four weeks. */
  basis: (signal?: AbortSignal) => Promise<PlanBasis>;
}

export function createPlannerApi({ baseUrl, fetch: fetcher }: ApiOptions): PlannerApi {
  const { get, write } = requestsTo(fetcher, new URL("api/v1/", baseUrl).href);
  return {
    plan: async (site) => (await (await write("POST", "plan", site)).json()) as SitePlan,
    basis: (signal) => get<PlanBasis>("plan/basis", signal),
  };
}
