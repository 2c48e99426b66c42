import type { TFunction } from "i18next";

type Words = TFunction<["console", "ui"]>;

const CAUSES = [
  "normal",
  "other_left",
  "cancelled",
  "answered_elsewhere",
  "busy",
  "no_answer",
  "declined",
  "not_found",
  "unreachable",
  "forbidden",
  "do_not_call",
  "not_acceptable",
  "overload",
  "peer_failed",
  "media_lost",
  "session_expired",
  "too_long",
  "forced",
  "transferred",
  "shutdown",
  "loop",
  "given_up",
  "internal",
] as const;

const NODE_KINDS = [
  "play",
  "menu",
  "collect",
  "hours",
  "queue",
  "callback",
  "survey",
  "echo",
  "transfer",
  "voicemail",
  "hangup",
  "set",
  "condition",
  "closure",
  "consent",
  "split",
  "tag",
  "http_lookup",
  "database_lookup",
  "subflow",
  "return",
  "language",
  "record",
] as const;

/** Outlets, and details that are one word. */
const STEPS = [
  "done",
  "answered",
  "agent_left",
  "caller_left",
  "no_agent",
  "full",
  "too_long",
  "timeout",
  "invalid",
  "busy",
  "no_answer",
  "failed",
  "open",
  "closed",
  "holiday",
  "true",
  "false",
  "noted",
  "agreed",
  "found",
  "not_found",
  "refused",
  "a",
  "b",
] as const;

const SENTENCES = [
  ["no target", "noTarget"],
  ["no answer", "noAnswerKey"],
  ["too few digits", "tooFewDigits"],
  ["no such flow, or too deep", "noFlow"],
  ["too many steps", "tooManySteps"],
] as const;

/** Why an expression could not be worked out. */
const WHYS = [
  ["division by zero", "zero"],
  ["a number too great", "great"],
  ["values that don't go together", "value"],
  ["a text that is no number", "text"],
  ["no such field", "field"],
  ["is neither a text, a number nor a yes or no", "type"],
  ["is neither true nor false", "truth"],
  ["a text too long", "long"],
] as const;

/** Why another system gave no answer that can be used. */
const LOOKUP_WHYS = [
  ["bad address", "address"],
  ["no such secret", "noSecret"],
  ["address not allowed", "notAllowed"],
  ["name not found", "name"],
  ["not reachable", "connect"],
  ["connection broken", "broken"],
  ["timed out", "timedOut"],
  ["answer too long", "tooLong"],
  ["answer is no JSON", "noJson"],
  ["refused", "refused"],
  ["left alone after failures", "leftAlone"],
  ["too many at once", "busy"],
] as const;

const STRATEGIES = [
  "longest_idle",
  "round_robin",
  "least_talk",
  "fewest_contacts",
  "linear",
  "random",
  "weighted",
  "best_skill",
  "ring_all",
  "last_agent",
] as const;
const TERMS = [
  "idle_ms",
  "offers_since",
  "talk_ms",
  "contacts",
  "order",
  "agent_number",
  "lot",
  "weighted_lot",
  "weight",
  "skill_level",
  "last_agent",
] as const;
const GAP_CAUSES = ["disk", "slow", "paused"] as const;

// Each of these shows a code that this page does not know as the server gave it.

/** Why a call or a leg ended. */
export function endText(t: Words, cause: string): string {
  if (cause === "") return "–";
  const known = CAUSES.find((one) => one === cause);
  return known === undefined ? cause : t(`cause.${known}`);
}

/** What a node of a flow does. */
export function nodeKindText(t: Words, kind: string): string {
  const known = NODE_KINDS.find((one) => one === kind);
  return known === undefined ? kind : t(`nodeKind.${known}`);
}

/** How a node was left; keys and the outlets that a flow names itself stay as they are. */
export function outletText(t: Words, outlet: string): string {
  const known = STEPS.find((one) => one === outlet);
  return known === undefined ? outlet : t(`step.${known}`);
}

/** What happened in a node. */
export function stepDetailText(t: Words, detail: string): string {
  const key = /^digit (\S)$/.exec(detail)?.[1];
  if (key !== undefined) return t("step.key", { key });
  const amount = /^(\d+) digits$/.exec(detail)?.[1];
  if (amount !== undefined) return t("step.keys", { amount });
  const failed = /^[^:]+: (.+)$/.exec(detail)?.[1];
  const why = WHYS.find(([text]) => text === failed)?.[1];
  if (why !== undefined) return t("step.expression", { why: t(`step.why.${why}`) });
  const asked = /^(?:(\d{3}), )?(?:([^,]+), )?(\d+) ms$/.exec(detail);
  if (asked !== null) {
    const reason = LOOKUP_WHYS.find(([text]) => text === asked[2])?.[1];
    const parts = [asked[1], reason === undefined ? asked[2] : t(`step.lookup.${reason}`), `${asked[3] ?? ""} ms`];
    return parts.filter((part) => part !== undefined).join(" · ");
  }
  const sentence = SENTENCES.find(([text]) => text === detail)?.[1];
  return sentence === undefined ? outletText(t, detail) : t(`step.${sentence}`);
}

/** By which rule a queue chooses. */
export function strategyText(t: Words, strategy: string): string {
  const known = STRATEGIES.find((one) => one === strategy);
  return known === undefined ? strategy : t(`strategy.${known}`);
}

/** What agents are compared by. */
export function termText(t: Words, term: string): string {
  const known = TERMS.find((one) => one === term);
  return known === undefined ? term : t(`term.${known}`);
}

/** Why a recording lacks sound. */
export function gapText(t: Words, cause: string): string {
  const known = GAP_CAUSES.find((one) => one === cause);
  return known === undefined ? cause : t(`gapCause.${known}`);
}
