import type { EndCause } from "./ports";
import type { PhoneProblem } from "./problems";
import type { Quality } from "./quality";

/** The way to the server. */
export type LinkState =
  /** Not started, or stopped. */
  | "off"
  /** Another tab of this browser owns the phone. */
  | "elsewhere"
  | "connecting"
  | "registering"
  | "ready"
  /** Lost; tried again by itself. */
  | "lost"
  /** Trying again cannot help. */
  | "refused";

export type CallPhase =
  | "ringing"
  | "dialling"
  /** The other side rings. */
  | "alerting"
  /** Answered here; the server's word is awaited. */
  | "connecting"
  | "talking"
  | "held"
  /** The leg is gone; the server keeps the call and offers it again. */
  | "recovering";

export interface CallView {
  /** Stays the same when the call comes back over a new leg. */
  id: string;
  interactionId: string | null;
  direction: "in" | "out";
  role: "main" | "consult";
  phase: CallPhase;
  number: string;
  name: string;
  /** When the phase began, in local milliseconds. */
  since: number;
  answeredAt: number | null;
  muted: boolean;
  /** The other side put this call on hold. */
  remoteHold: boolean;
  quality: Quality | null;
  transfer: "none" | "asked" | "failed";
}

/** How the last call ended, until the next one begins. */
export interface LastEnd {
  number: string;
  cause: EndCause | "lost";
  at: number;
}

/** The phone in one word. */
export type PhoneMode =
  | "off"
  | "elsewhere"
  | "refused"
  | "registering"
  | "reconnecting"
  | "ready"
  | "ringing"
  | "dialling"
  | "talking"
  | "held"
  | "consulting"
  /** There is a call, and either its signalling or its leg is being brought back. */
  | "recovering";

export interface PhoneView {
  mode: PhoneMode;
  link: LinkState;
  /** When the connection is tried again, in local milliseconds. */
  retryAt: number | null;
  problem: PhoneProblem | null;
  calls: readonly CallView[];
  lastEnd: LastEnd | null;
}

const LINK_MODE: Readonly<Record<LinkState, PhoneMode>> = {
  off: "off",
  elsewhere: "elsewhere",
  connecting: "registering",
  registering: "registering",
  ready: "ready",
  lost: "reconnecting",
  refused: "refused",
};

/** The word for a link and its calls; what an agent has to act on comes first. */
export function modeOf(link: LinkState, calls: readonly CallView[]): PhoneMode {
  if (calls.some((call) => call.phase === "ringing")) return "ringing";
  const main = calls.find((call) => call.role === "main") ?? calls[0];
  if (main === undefined) return LINK_MODE[link];
  if (main.phase === "recovering" || link === "lost") return "recovering";
  if (calls.length > 1) return "consulting";
  if (main.phase === "talking" || main.phase === "held") return main.phase;
  return main.phase === "connecting" ? "talking" : "dialling";
}
