/** First wait before the server is tried again, in milliseconds: a server that restarts is back within seconds. */
export const FIRST_RETRY_MS = 500;
/** Longest wait: a caller may be holding for this agent. */
export const MAX_RETRY_MS = 15_000;
/** Longest wait while a call is in hand: the customer hears music until this page is back. */
export const URGENT_RETRY_MS = 1_000;

/** The wait before attempt `attempt` (0 is the first), spread over its upper half so that a floor of agents does not return at once. */
export function retryWait(attempt: number, random: number, longest = MAX_RETRY_MS): number {
  // Beyond the longest wait the exponent means nothing.
  const full = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt, 10), longest);
  return Math.round(full * (0.5 + random / 2));
}
