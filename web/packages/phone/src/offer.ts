import type { SipSession } from "./ports";

/** The interaction that a call belongs to. */
export const INTERACTION_HEADER = "X-Lingtong-Interaction";
const INTERACTION_ID = /^[\w-]{1,64}$/;

/** The interaction that the server names in an INVITE; null where it names none that can be one. */
export function interactionOf(session: Pick<SipSession, "header">): string | null {
  const value = session.header(INTERACTION_HEADER)?.trim();
  return value !== undefined && INTERACTION_ID.test(value) ? value : null;
}

/** Whether the INVITE asks to be answered at once (RFC 5373, or the older ways that telephones know). */
function asksForAutoAnswer(session: Pick<SipSession, "header">): boolean {
  return (
    /^\s*auto\b/i.test(session.header("Answer-Mode") ?? "") ||
    /answer-after\s*=\s*0\b/i.test(session.header("Call-Info") ?? "") ||
    /\b(?:alert-autoanswer|auto[- ]?answer)\b/i.test(session.header("Alert-Info") ?? "")
  );
}

/**
 * Whether the server brings a call back that this agent was already in. Only then is a call answered without the
 * agent: a microphone that opens by itself for a stranger would be a bug of another kind.
 */
export function isContinuation(session: Pick<SipSession, "header">): boolean {
  return interactionOf(session) !== null && asksForAutoAnswer(session);
}

/** A number as it may be dialled: signs that people write between digits are taken out; null where it cannot be one. */
export function dialable(text: string): string | null {
  const plain = text.normalize("NFKC").replace(/[\s().\-–—]/g, "");
  return /^(?:\+?[\d*#]{1,32}|[A-Za-z][\w.]{0,63})$/.test(plain) ? plain : null;
}
