/** When a call is led on, in the order in which a call meets these. */
export const FORWARD_REASONS = ["always", "busy", "no_answer", "unreachable"] as const;
export type ForwardReason = (typeof FORWARD_REASONS)[number];

/** Where a call is led on to, as a form shows it. */
export interface ForwardTarget {
  kind: "none" | "number" | "queue" | "voicemail";
  /** The number, or the queue's technical name; nothing for the own mailbox. */
  value: string;
}

const QUEUE = "queue:";
const VOICEMAIL = "voicemail";

/** What a rule's text stands for. */
export function targetOf(text: string | null | undefined): ForwardTarget {
  if (text === null || text === undefined || text === "") return { kind: "none", value: "" };
  if (text === VOICEMAIL) return { kind: "voicemail", value: "" };
  return text.startsWith(QUEUE) ? { kind: "queue", value: text.slice(QUEUE.length) } : { kind: "number", value: text };
}

/** The rule's text; null for none. Marks that people write between digits are left out. */
export function textOf({ kind, value }: ForwardTarget): string | null {
  if (kind === "voicemail") return VOICEMAIL;
  if (kind === "queue") return `${QUEUE}${value}`;
  return kind === "number" ? value.replace(/[\s()-]/g, "") : null;
}
