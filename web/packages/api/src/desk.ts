import { send } from "./client";
import { ApiError, toApiError } from "./error";
import type { AgentDay, AgentState, AgentStateChange, LiveQueue, PhoneCredentials, PlaceCard } from "./types";

/** Who calls, as far as the server knows. */
export interface CallerCard extends PlaceCard {
  customer?: { id: string; name: string; vip_level?: number | null; tags: string[] } | null;
}

/** What the agent's desk asks beside the general interface. Null is a server that has no such route. */
export interface DeskApi {
  phoneCredentials: () => Promise<PhoneCredentials>;
  extendWrapUp: (agentId: string, seconds: number) => Promise<AgentState | null>;
  day: (agentId: string, from: string, signal?: AbortSignal) => Promise<AgentDay>;
  card: (interactionId: string, signal?: AbortSignal) => Promise<CallerCard | null>;
}

/** The answer, or null where there is no such thing. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (thrown) {
    const error = toApiError(thrown);
    // A route that a server does not have is a path it does not know, or one it knows with other methods alone.
    if (error.kind === "not_found" || error.status === 405) return null;
    throw error;
  }
}

export function createDeskApi({ baseUrl, fetch: fetcher }: { baseUrl: string; fetch: typeof globalThis.fetch }): DeskApi {
  const root = new URL("api/v1/", baseUrl).href;
  const segment = encodeURIComponent;
  const ask = async (method: "GET" | "POST", path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> => {
    const response = await send(fetcher, root + path, {
      method,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    // A page in place of an answer comes from something between us and the server.
    return response.json().catch(() => {
      throw new ApiError("server", "the answer is no JSON", response.status);
    });
  };

  return {
    phoneCredentials: async () => (await ask("POST", "phone/credentials", {})) as PhoneCredentials,
    extendWrapUp: async (id, seconds) =>
      (await orNull(ask("POST", `agents/${segment(id)}/wrap-up`, { extend_s: seconds }))) as AgentState | null,
    day: async (id, from, signal) =>
      (await ask("GET", `agents/${segment(id)}/day?from=${segment(from)}`, undefined, signal)) as AgentDay,
    card: async (id, signal) =>
      (await orNull(ask("GET", `interactions/${segment(id)}/card`, undefined, signal))) as CallerCard | null,
  };
}

/** What is dialled to hand a call to this queue; null where the server names nothing. */
export function queueExtension(queue: LiveQueue): string | null {
  return queue.extension ?? null;
}

/** The state that follows the call in hand, where the agent has asked for one. */
export function nextState(state: AgentState): AgentStateChange | null {
  const { next } = state as AgentState & { next?: AgentStateChange | null };
  return next ?? null;
}
