import { requestsTo, type ApiOptions } from "./client";
import type { RehearsalJob, RehearsalRequest, Rehearsals, ReplayJob, ReplayRequest, Replays } from "./types";

/** Long work that runs in the server: one at a time. */
export interface JobApi<All, Request, Job> {
  /** What there is to work on, and how the last one stands. */
  all: (signal?: AbortSignal) => Promise<All>;
  /** Begins one. */
  begin: (request: Request) => Promise<Job>;
  /** How one stands, with its result. */
  one: (id: string, signal?: AbortSignal) => Promise<Job>;
  /** Stops one. */
  cancel: (id: string) => Promise<void>;
}

export type RehearsalApi = JobApi<Rehearsals, RehearsalRequest, RehearsalJob>;
export type ReplayApi = JobApi<Replays, ReplayRequest, ReplayJob>;

function createJobApi<All, Request, Job>(path: string, { baseUrl, fetch: fetcher }: ApiOptions): JobApi<All, Request, Job> {
  const { get, write } = requestsTo(fetcher, new URL("api/v1/", baseUrl).href);
  const at = (id: string): string => `${path}/${encodeURIComponent(id)}`;
  return {
    all: (signal) => get<All>(path, signal),
    begin: async (request) => (await (await write("POST", path, request)).json()) as Job,
    one: (id, signal) => get<Job>(at(id), signal),
    cancel: async (id) => {
      await write("DELETE", at(id));
    },
  };
}

/** Days under other settings, played through the whole centre. */
export function createRehearsalApi(options: ApiOptions): RehearsalApi {
  return createJobApi("rehearsals", options);
}

/** Recorded days under another policy. */
export function createReplayApi(options: ApiOptions): ReplayApi {
  return createJobApi("replays", options);
}
