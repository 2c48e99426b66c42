/** What can stand between an agent and a call. Each has a title and a way out in the words of the page. */
export const PROBLEMS = [
  /** The page is not served over HTTPS, nor from this machine. */
  "insecure",
  "no_webrtc",
  "mic_denied",
  "mic_missing",
  "mic_busy",
  "mic_failed",
  "speaker_missing",
  /** The browser plays nothing before a person has touched the page. */
  "sound_blocked",
  /** No account could be had from the server. */
  "no_account",
  "forbidden",
  "unsupported",
  "register_refused",
  "unreachable",
  "bad_number",
  "hold_refused",
  "transfer_refused",
] as const;
export type PhoneProblem = (typeof PROBLEMS)[number];

const MIC_ERRORS: Readonly<Record<string, PhoneProblem>> = {
  NotAllowedError: "mic_denied",
  SecurityError: "mic_denied",
  NotFoundError: "mic_missing",
  OverconstrainedError: "mic_missing",
  NotReadableError: "mic_busy",
  AbortError: "mic_busy",
};

/** What a refusal of `getUserMedia` means. */
export function micProblem(error: unknown): PhoneProblem {
  const name = typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
  return MIC_ERRORS[name] ?? "mic_failed";
}
