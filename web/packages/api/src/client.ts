import { ApiError, errorFromResponse } from "./error";
import type {
  AgentState,
  AgentStateChange,
  AlertPage,
  CallAction,
  Callback,
  CallbackPage,
  CallbackSummary,
  CallbackStatus,
  Decisions,
  Disposition,
  DispositionChange,
  DispositionChoices,
  Forwarding,
  HonestyReport,
  InteractionDetail,
  InteractionPage,
  LiveSnapshot,
  LoginRequest,
  LoginResponse,
  Me,
  Peaks,
  SupervisionMode,
  Voicemail,
  VoicemailPage,
  VoicemailStatus,
} from "./types";

/** What the list of interactions can be narrowed by; empty values are left out of the request. */
export interface InteractionQuery {
  cursor?: string;
  limit?: number;
  from?: string;
  to?: string;
  queue?: string;
  tag?: string;
  agent?: string;
  direction?: string;
  outcome?: string;
  number?: string;
  /** With `agent`: those that rang there and that nobody took. */
  missed?: boolean | "";
  /** Those under a figure of a report: by what, of which subject, which figure. All three, or none. */
  by?: string;
  subject?: string;
  figure?: string;
}

/** What the list of alerts can be narrowed by. */
export interface AlertQuery {
  cursor?: string;
  limit?: number;
  state?: "standing" | "cleared" | "";
}

/** What the list of callbacks can be narrowed by. */
export interface CallbackQuery {
  cursor?: string;
  limit?: number;
  status?: CallbackStatus | "";
}

/** Which promises of waits are held against the waits. */
export interface HonestyQuery {
  from: string;
  to?: string;
  queue?: string;
  /** Those that customers were told, or those that queues reckoned; both when absent. */
  told?: boolean;
}

/** What the list of messages can be narrowed by. */
export interface VoicemailQuery {
  cursor?: string;
  limit?: number;
  status?: "new" | "heard" | "";
  all?: boolean;
  /** The id of a queue: its mailbox alone. */
  queue?: string;
}

export interface Api {
  login: (request: LoginRequest) => Promise<LoginResponse>;
  logout: () => Promise<void>;
  me: (signal?: AbortSignal) => Promise<Me>;
  agentState: (id: string, signal?: AbortSignal) => Promise<AgentState>;
  setAgentState: (id: string, change: AgentStateChange) => Promise<AgentState>;
  forwarding: (agentId: string, signal?: AbortSignal) => Promise<Forwarding>;
  setForwarding: (agentId: string, rules: Forwarding) => Promise<Forwarding>;
  live: (signal?: AbortSignal) => Promise<LiveSnapshot>;
  interactions: (query: InteractionQuery, signal?: AbortSignal) => Promise<InteractionPage>;
  interaction: (id: string, signal?: AbortSignal) => Promise<InteractionDetail>;
  /** Everybody who was in question for each of its decisions. */
  decisions: (id: string, signal?: AbortSignal) => Promise<Decisions>;
  /** How long customers were told to wait from one moment until another, and how long they did. */
  honesty: (query: HonestyQuery, signal?: AbortSignal) => Promise<HonestyReport>;
  dispositions: (signal?: AbortSignal) => Promise<DispositionChoices>;
  dispose: (id: string, change: DispositionChange) => Promise<Disposition>;
  /** Orders something about a call that goes on. */
  act: (interactionId: string, action: CallAction) => Promise<void>;
  /** The supervisor who is signed in takes part in a call, changes how, or leaves; its own telephone rings first. */
  supervise: (interactionId: string, mode: SupervisionMode) => Promise<void>;
  alerts: (query: AlertQuery, signal?: AbortSignal) => Promise<AlertPage>;
  /** Whoever is signed in looks after an alert from now on. */
  acknowledge: (alertId: string) => Promise<void>;
  callbacks: (query: CallbackQuery, signal?: AbortSignal) => Promise<CallbackPage>;
  /** What has come of those of the last days. */
  callbackSummary: (days: number, signal?: AbortSignal) => Promise<CallbackSummary>;
  setCallbackStatus: (id: string, status: CallbackStatus) => Promise<Callback>;
  callBackNow: (id: string) => Promise<void>;
  voicemails: (query: VoicemailQuery, signal?: AbortSignal) => Promise<VoicemailPage>;
  setVoicemail: (id: string, status: Exclude<VoicemailStatus, "deleted">) => Promise<Voicemail>;
  deleteVoicemail: (id: string) => Promise<void>;
  voicemailAudioUrl: (id: string) => string;
  peaks: (recordingId: string, buckets: number, signal?: AbortSignal) => Promise<Peaks>;
  audioUrl: (recordingId: string) => string;
  eventsUrl: () => string;
}

export interface ApiOptions {
  /** Absolute address that the routes hang under, ending in a slash. */
  baseUrl: string;
  fetch: typeof globalThis.fetch;
}

/** The parameters of an address; empty values are left out. */
export function queryString(query: object): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

export async function send(fetcher: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetcher(url, { credentials: "same-origin", ...init });
  } catch (thrown) {
    if (init.signal?.aborted === true) throw thrown;
    throw new ApiError("offline", thrown instanceof Error ? thrown.message : String(thrown));
  }
  if (!response.ok) throw await errorFromResponse(response);
  return response;
}

/** Asks and writes below one address. */
export interface Requests {
  get: <T>(path: string, signal?: AbortSignal) => Promise<T>;
  write: (method: "POST" | "PUT" | "DELETE", path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
}

export function requestsTo(fetcher: typeof globalThis.fetch, root: string): Requests {
  return {
    get: async <T>(path: string, signal?: AbortSignal): Promise<T> => {
      const response = await send(fetcher, root + path, {
        headers: { accept: "application/json" },
        ...(signal === undefined ? {} : { signal }),
      });
      return (await response.json()) as T;
    },
    write: (method, path, body, headers = {}) =>
      send(fetcher, root + path, {
        method,
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** The typed client. The session is the server's HttpOnly cookie, so no token passes through the page. */
export function createApi({ baseUrl, fetch: fetcher }: ApiOptions): Api {
  const root = new URL("api/v1/", baseUrl).href;
  const { get, write } = requestsTo(fetcher, root);
  const segment = encodeURIComponent;

  return {
    login: async (request) => (await (await write("POST", "login", request)).json()) as LoginResponse,
    logout: async () => {
      await write("POST", "logout", {});
    },
    me: (signal) => get<Me>("me", signal),
    agentState: (id, signal) => get<AgentState>(`agents/${segment(id)}/state`, signal),
    setAgentState: async (id, change) =>
      (await (await write("PUT", `agents/${segment(id)}/state`, change)).json()) as AgentState,
    forwarding: (id, signal) => get<Forwarding>(`agents/${segment(id)}/forwarding`, signal),
    setForwarding: async (id, rules) =>
      (await (await write("PUT", `agents/${segment(id)}/forwarding`, rules)).json()) as Forwarding,
    live: (signal) => get<LiveSnapshot>("live", signal),
    interactions: (query, signal) => get<InteractionPage>(`interactions${queryString(query)}`, signal),
    interaction: (id, signal) => get<InteractionDetail>(`interactions/${segment(id)}`, signal),
    decisions: (id, signal) => get<Decisions>(`interactions/${segment(id)}/decisions`, signal),
    honesty: (query, signal) => get<HonestyReport>(`reports/promises${queryString(query)}`, signal),
    dispositions: (signal) => get<DispositionChoices>("dispositions", signal),
    dispose: async (id, change) =>
      (await (await write("PUT", `interactions/${segment(id)}/disposition`, change)).json()) as Disposition,
    act: async (id, action) => {
      await write("POST", `interactions/${segment(id)}/actions`, action);
    },
    supervise: async (id, mode) => {
      await write("POST", `interactions/${segment(id)}/supervise`, { mode });
    },
    alerts: (query, signal) => get<AlertPage>(`alerts${queryString(query)}`, signal),
    acknowledge: async (id) => {
      await write("POST", `alerts/${segment(id)}/acknowledge`, {});
    },
    callbacks: (query, signal) => get<CallbackPage>(`callbacks${queryString(query)}`, signal),
    callbackSummary: (days, signal) => get<CallbackSummary>(`callbacks/summary?days=${String(days)}`, signal),
    callBackNow: async (id) => {
      await write("POST", `callbacks/${segment(id)}/call`, {});
    },
    setCallbackStatus: async (id, status) =>
      (await (await write("PUT", `callbacks/${segment(id)}/status`, { status })).json()) as Callback,
    voicemails: (query, signal) => get<VoicemailPage>(`voicemails${queryString(query)}`, signal),
    setVoicemail: async (id, status) => (await (await write("PUT", `voicemails/${segment(id)}`, { status })).json()) as Voicemail,
    deleteVoicemail: async (id) => {
      await send(fetcher, `${root}voicemails/${segment(id)}`, { method: "DELETE" });
    },
    voicemailAudioUrl: (id) => `${root}voicemails/${segment(id)}/audio`,
    peaks: (id, buckets, signal) => get<Peaks>(`recordings/${segment(id)}/peaks?buckets=${String(buckets)}`, signal),
    audioUrl: (id) => `${root}recordings/${segment(id)}/audio`,
    eventsUrl: () => `${root}events`,
  };
}
