import { requestsTo, type ApiOptions } from "./client";
import type { components } from "./schema";
import type { FieldProblem } from "./problem";
import type { Spec } from "./settings";

type Schemas = components["schemas"];
export type FlowKinds = Schemas["FlowKinds"];
export type FlowKind = Schemas["FlowKind"];
export type FlowPrompt = Schemas["FlowPrompt"];
export type FlowHead = Schemas["FlowHead"];
export type FlowDetail = Schemas["FlowDetail"];
export type FlowDraftHead = Schemas["FlowDraftHead"];
export type FlowPublished = Schemas["FlowPublished"];
export type FlowVersionHead = Schemas["FlowVersionHead"];
export type FlowVersionDetail = Schemas["FlowVersionDetail"];
export type FlowHeat = Schemas["FlowHeat"];
export type FlowCanary = Schemas["FlowCanaryDetail"];
export type FlowCanaryWish = Schemas["FlowCanaryWish"];
export type FlowCanaryStep = Schemas["FlowCanaryStep"];
export type FlowTried = Schemas["FlowTried"];
export type FlowTrialPhone = Schemas["FlowTrialPhone"];
export type TrialAction = Schemas["TrialAction"];
export type TrialEvent = Schemas["TrialEvent"];
export type LookupTried = Schemas["LookupTried"];
export type ConnectionTried = Schemas["ConnectionTried"];

/** What is wrong with a flow, and where in the drawing. */
export interface FlowFieldProblem extends FieldProblem {
  flow?: { node?: string | null; field?: string | null; message: string } | null;
}

export interface FlowTrial {
  definition: unknown;
  events: readonly TrialEvent[];
  at?: string;
  caller?: string;
}

/** What a call of the page's own walks. */
export interface FlowTrialCall {
  definition: unknown;
  caller?: string;
}

/** A node that asks another system, to be tried now. */
export interface LookupTrial {
  node: unknown;
  caller?: string;
  variables?: Readonly<Record<string, unknown>>;
}

export interface FlowsApi {
  kinds: (signal?: AbortSignal) => Promise<FlowKinds>;
  list: (signal?: AbortSignal) => Promise<FlowHead[]>;
  get: (name: string, signal?: AbortSignal) => Promise<FlowDetail>;
  saveDraft: (name: string, spec: Spec, base: number | null) => Promise<FlowDraftHead>;
  dropDraft: (name: string) => Promise<void>;
  publish: (name: string, spec: Spec, note: string, revision: string | null, canary?: FlowCanaryWish | null) => Promise<FlowPublished>;
  versions: (name: string, signal?: AbortSignal) => Promise<FlowVersionHead[]>;
  version: (name: string, version: number, signal?: AbortSignal) => Promise<FlowVersionDetail>;
  /** The version that a share of the callers walks; null where there is none. */
  canary: (name: string, signal?: AbortSignal) => Promise<FlowCanary | null>;
  orderCanary: (name: string, version: number, step: FlowCanaryStep) => Promise<void>;
  /** Where the calls since a moment went that walked a version. */
  heat: (name: string, version: number, since: Date, signal?: AbortSignal) => Promise<FlowHeat>;
  attempt: (trial: FlowTrial, signal?: AbortSignal) => Promise<FlowTried>;
  /** Lends an account that may call this drawing, once and soon. */
  lendCall: (trial: FlowTrialCall) => Promise<FlowTrialPhone>;
  tryLookup: (trial: LookupTrial) => Promise<LookupTried>;
  /** Asks a database of the settings for nothing but an answer. */
  testDatabase: (name: string) => Promise<ConnectionTried>;
}

export function createFlowsApi({ baseUrl, fetch: fetcher }: ApiOptions): FlowsApi {
  const { get, write } = requestsTo(fetcher, new URL("api/v1/", baseUrl).href);
  const path = (name: string): string => `flows/${encodeURIComponent(name)}`;
  const told = async <T>(method: "PUT" | "POST", at: string, body: unknown): Promise<T> => (await (await write(method, at, body)).json()) as T;
  return {
    kinds: (signal) => get<FlowKinds>("flow-kinds", signal),
    list: async (signal) => (await get<Schemas["FlowList"]>("flows", signal)).items,
    get: (name, signal) => get<FlowDetail>(path(name), signal),
    saveDraft: (name, spec, base) => told("PUT", `${path(name)}/draft`, { spec, base }),
    dropDraft: async (name) => {
      await write("DELETE", `${path(name)}/draft`);
    },
    publish: (name, spec, note, revision, canary) => told("POST", `${path(name)}/publish`, { spec, note, revision, ...(canary === undefined || canary === null ? {} : { canary }) }),
    canary: (name, signal) => get<FlowCanary | null>(`${path(name)}/canary`, signal),
    orderCanary: async (name, version, step) => {
      await write("POST", `${path(name)}/canary`, { do: step, version });
    },
    versions: async (name, signal) => (await get<Schemas["FlowVersions"]>(`${path(name)}/versions`, signal)).items,
    version: (name, version, signal) => get<FlowVersionDetail>(`${path(name)}/versions/${String(version)}`, signal),
    tryLookup: (trial) => told("POST", "lookup-trial", trial),
    testDatabase: (name) => told("POST", `databases/${encodeURIComponent(name)}/test`, {}),
    heat: (name, version, since, signal) => get<FlowHeat>(`${path(name)}/heat?version=${String(version)}&from=${encodeURIComponent(since.toISOString())}`, signal),
    attempt: (trial) => told("POST", "flow-trial", trial),
    lendCall: (trial) => told("POST", "flow-trial/calls", trial),
  };
}
