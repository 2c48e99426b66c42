import { nextState, type AgentState, type AgentStateChange, type AgentStateName, type LiveAgent } from "@lingtong/api";
import { parseTime } from "../time";

/** Reasons that an agent may give; the server may name others, such as a call not answered. */
export const NOT_READY_REASONS = ["break", "lunch", "training", "meeting", "back_office"] as const;

/** What the last event and the last answer say together: whichever is newer. */
export function newerState(live: LiveAgent | undefined, answered: AgentState | undefined): AgentState | null {
  const fromLive: AgentState | undefined = live === undefined ? undefined : { ...live, agent_id: live.id };
  if (fromLive === undefined) return answered ?? null;
  return answered === undefined || parseTime(fromLive.since) >= parseTime(answered.since) ? fromLive : answered;
}

export interface AgentFace {
  state: AgentStateName;
  reason: string | null;
  since: string;
  until: string | null;
  /** What follows the call in hand. */
  next: AgentStateChange | null;
  /** A change takes effect after the call. */
  afterCall: boolean;
  /** Signing in at a phone comes first. */
  needsPhone: boolean;
}

/** The agent's state as the desk shows it. */
export function agentFace(state: AgentState): AgentFace {
  return {
    state: state.state,
    reason: state.reason ?? null,
    since: state.since,
    until: state.until ?? null,
    next: nextState(state),
    afterCall: state.state === "ringing" || state.state === "talking",
    needsPhone: state.state === "offline",
  };
}

/** When a wrap-up is about to end, in milliseconds before its end. */
export const WRAP_UP_URGENT_MS = 10_000;
/** What one press of "more time" asks for, in seconds. */
export const EXTEND_S = 60;

export interface WrapUp {
  /** Null where it lasts until the agent ends it. */
  remainingMs: number | null;
  /** Share of it that has passed, 0 to 1. */
  passed: number;
  urgent: boolean;
}

/** The countdown of a wrap-up at this moment; null in any other state. */
export function wrapUpAt(state: Pick<AgentFace, "state" | "since" | "until">, nowMs: number): WrapUp | null {
  if (state.state !== "wrap_up") return null;
  if (state.until === null) return { remainingMs: null, passed: 0, urgent: false };
  const [since, until] = [parseTime(state.since), parseTime(state.until)];
  const remainingMs = Math.max(0, until - nowMs);
  const whole = Math.max(1, until - since);
  return {
    remainingMs,
    passed: Math.min(1, Math.max(0, 1 - remainingMs / whole)),
    urgent: remainingMs <= WRAP_UP_URGENT_MS,
  };
}
