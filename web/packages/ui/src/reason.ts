import { AGENT_STATES, NOT_READY_REASONS } from "@lingtong/model";

/** What the server names by itself: why an agent is not ready, or takes no part in a decision. */
const KNOWN = [
  ...NOT_READY_REASONS,
  "manual",
  "signed_in",
  "feature_code",
  "rona",
  "declined",
  "phone_busy",
  "phone_failed",
  "phone_lost",
  "missing_skill",
] as const;

type ReasonKey = `ui:reason.${(typeof KNOWN)[number]}` | `ui:state.${(typeof AGENT_STATES)[number]}`;

/** A reason in words, also where a state is the reason; one that this page does not know is shown as the server gave it. */
export function reasonText(t: (key: ReasonKey) => string, reason: string | null | undefined): string {
  if (reason === null || reason === undefined) return "";
  const known = KNOWN.find((one) => one === reason);
  if (known !== undefined) return t(`ui:reason.${known}`);
  const state = AGENT_STATES.find((one) => one === reason);
  return state === undefined ? reason : t(`ui:state.${state}`);
}
