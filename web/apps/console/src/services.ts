import {
  ApiError,
  createAccountApi,
  createApi,
  createOutboundApi,
  createPlannerApi,
  createRehearsalApi,
  createReplayApi,
  createReportsApi,
  createFlowsApi,
  createPromptsApi,
  createSettingsApi,
  openEvents,
  toApiError,
  type AccountApi,
  type Api,
  type FlowsApi,
  type Me,
  type OutboundApi,
  type PlannerApi,
  type RehearsalApi,
  type ReplayApi,
  type ReportsApi,
  type PromptsApi,
  type SettingsApi,
} from "@lingtong/api";
import { LiveStore } from "@lingtong/model";
import { TickingClock } from "@lingtong/ui";
import { MutationCache, QueryCache, QueryClient, queryOptions, type UseQueryOptions } from "@tanstack/react-query";
import { createContext, useContext } from "react";

/** What the pages are made from; built once at start. */
export interface Services {
  api: Api;
  account: AccountApi;
  settings: SettingsApi;
  planner: PlannerApi;
  rehearsal: RehearsalApi;
  replay: ReplayApi;
  reports: ReportsApi;
  flows: FlowsApi;
  prompts: PromptsApi;
  outbound: OutboundApi;
  queries: QueryClient;
  live: LiveStore;
  clock: TickingClock;
}

const MAX_RETRIES = 2;

export function createServices(baseUrl: string): Services {
  const fetcher: typeof fetch = (...input) => fetch(...input);
  const api = createApi({ baseUrl, fetch: fetcher });
  const account = createAccountApi({ baseUrl, fetch: fetcher });
  const settings = createSettingsApi({ baseUrl, fetch: fetcher });
  const planner = createPlannerApi({ baseUrl, fetch: fetcher });
  const rehearsal = createRehearsalApi({ baseUrl, fetch: fetcher });
  const replay = createReplayApi({ baseUrl, fetch: fetcher });
  const reports = createReportsApi({ baseUrl, fetch: fetcher });
  const flows = createFlowsApi({ baseUrl, fetch: fetcher });
  const prompts = createPromptsApi({ baseUrl, fetch: fetcher });
  const outbound = createOutboundApi({ baseUrl, fetch: fetcher });
  const clock = new TickingClock();
  const ended = (error: unknown): void => {
    // Whoever learns first that the session is over tells the shell, which asks for a new login.
    if (toApiError(error).kind === "unauthorized") queries.setQueryData(["me"], null);
  };
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: ended }),
    mutationCache: new MutationCache({ onError: ended }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => toApiError(error).retryable && failures < MAX_RETRIES,
      },
    },
  });
  const live = new LiveStore({
    snapshot: (signal) => api.live(signal),
    events: (cursor, handlers) =>
      openEvents({ url: api.eventsUrl(), cursor, fetch: fetcher, random: Math.random, page: window }, handlers),
    now: () => Date.now(),
  });
  live.subscribe(() => {
    const board = live.getView().board;
    if (board !== null) clock.setOffset(board.clockOffsetMs);
  });
  return { api, account, settings, planner, rehearsal, replay, reports, flows, prompts, outbound, queries, live, clock };
}

const ServicesContext = createContext<Services | null>(null);
export const ServicesProvider = ServicesContext.Provider;

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error("the page was rendered without its services");
  return services;
}

/** Who is signed in, or null. */
export function meQuery(api: Api): UseQueryOptions<Me | null> & { queryKey: readonly unknown[] } {
  return queryOptions<Me | null>({
    queryKey: ["me"],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      try {
        return await api.me(signal);
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.kind === "unauthorized") return null;
        throw thrown;
      }
    },
  });
}
