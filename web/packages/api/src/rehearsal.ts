import { requestsTo, type ApiOptions } from "./client";
import type { RehearsalJob, RehearsalRequest, Rehearsals } from "./types";

export interface RehearsalApi {
  /** What there is to rehearse, and how the last one stands. */
  all: (signal?: AbortSignal) => Promise<Rehearsals>;
  /** Begins one. */
  begin: (request: RehearsalRequest) => Promise<RehearsalJob>;
  /** How one stands, with its result. */
  one: (id: string, signal?: AbortSignal) => Promise<RehearsalJob>;
  /** Stops one. */
  cancel: (id: string) => Promise<void>;
}

export function createRehearsalApi({ baseUrl, fetch: fetcher }: ApiOptions): RehearsalApi {
  const { get, write } = requestsTo(fetcher, new URL("api/v1/", baseUrl).href);
  const at = (id: string): string => `rehearsals/${encodeURIComponent(id)}`;
  return {
    all: (signal) => get<Rehearsals>("rehearsals", signal),
    begin: async (request) => (await (await write("POST", "rehearsals", request)).json()) as RehearsalJob,
    one: (id, signal) => get<RehearsalJob>(at(id), signal),
    cancel: async (id) => {
      await write("DELETE", at(id));
    },
  };
}
