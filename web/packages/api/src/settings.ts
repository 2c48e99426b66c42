import type { FieldProblem } from "./problem";
import { requestsTo, type ApiOptions } from "./client";

/** What a resource says; its fields depend on the kind. */
export type Spec = Readonly<Record<string, unknown>>;

export interface ResourceRef {
  kind: string;
  name: string;
}

/** One thing of the centre's set-up, known by its kind and name. */
export interface Resource extends ResourceRef {
  /** Changes with the content: who writes on top of an older one is refused. */
  revision: string;
  spec: Spec;
  /** Fields that are written and never read back, and have a value. */
  secrets_set?: string[];
}

export interface ResourceDetail extends Resource {
  used_by: ResourceRef[];
}

export interface ResourcePage {
  items: Resource[];
  next_cursor?: string | null;
}

/** What a change would do. */
export interface ResourceCheck {
  ok: boolean;
  problems: FieldProblem[];
  affects: ResourceRef[];
}

/** What a change is made on top of: nothing that was there, or this revision. */
export type Basis = { fresh: true } | { revision: string };

export interface SettingsApi {
  list: (kind: string, query: { q?: string; cursor?: string; limit?: number }, signal?: AbortSignal) => Promise<ResourcePage>;
  get: (kind: string, name: string, signal?: AbortSignal) => Promise<ResourceDetail>;
  put: (kind: string, name: string, spec: Spec, basis: Basis) => Promise<Resource>;
  remove: (kind: string, name: string, revision: string) => Promise<void>;
  check: (kind: string, name: string, spec: Spec, basis: Basis) => Promise<ResourceCheck>;
}

function conditions(basis: Basis): Record<string, string> {
  return "fresh" in basis ? { "if-none-match": "*" } : { "if-match": `"${basis.revision}"` };
}

export function createSettingsApi({ baseUrl, fetch: fetcher }: ApiOptions): SettingsApi {
  const { get, write } = requestsTo(fetcher, new URL("api/v1/settings/", baseUrl).href);
  const path = (kind: string, name: string): string => `${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
  return {
    list: (kind, query, signal) => {
      const pairs = Object.entries(query).filter(([, value]) => value !== "");
      const text = new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)])).toString();
      return get<ResourcePage>(`${encodeURIComponent(kind)}${text === "" ? "" : `?${text}`}`, signal);
    },
    get: (kind, name, signal) => get<ResourceDetail>(path(kind, name), signal),
    put: async (kind, name, spec, basis) =>
      (await (await write("PUT", path(kind, name), { spec }, conditions(basis))).json()) as Resource,
    remove: async (kind, name, revision) => {
      await write("DELETE", path(kind, name), undefined, conditions({ revision }));
    },
    check: async (kind, name, spec, basis) =>
      (await (await write("POST", `${path(kind, name)}/check`, { spec }, conditions(basis))).json()) as ResourceCheck,
  };
}
