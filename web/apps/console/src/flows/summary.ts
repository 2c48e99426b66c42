import { ownFields, pieces, type ExpressionWords, type FlowNode } from "@lingtong/model/flow";
import { choiceName, type FlowWords } from "./words";

/** A prompt as flows name it. */
export interface BankPrompt {
  id: string;
  zh: string;
  en: string;
  /** The languages that it is spoken in. */
  languages: readonly string[];
}

/** What is known beside the flow: what prompts say, and what queues are called. */
export interface Bank {
  prompts: ReadonlyMap<string, BankPrompt>;
  /** Whether the server speaks texts. */
  speaks: boolean;
  /** Music by name. */
  music: readonly string[];
  queues: ReadonlyMap<string, string>;
  /** Databases by name. */
  databases: readonly string[];
  /** What expressions can be made of: what every call has, and the flow's own variables. */
  expression: { words: ExpressionWords; own: readonly string[] };
}

/** What a piece of a prompt says. */
export function pieceText(piece: unknown, bank: Bank, language: string): string {
  if (typeof piece === "string") {
    const prompt = bank.prompts.get(piece);
    return (language.startsWith("zh") ? prompt?.zh : prompt?.en) ?? piece;
  }
  if (typeof piece !== "object" || piece === null) return "";
  return Object.entries(piece as Record<string, unknown>).map(([sort, value]) => `${sort}: ${String(value)}`).join(" ");
}

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

/** What a node does, in one line. */
export function summaryOf(node: FlowNode, bank: Bank, t: FlowWords, language: string): string {
  const own = ownFields(node);
  switch (node.kind) {
    case "queue":
      return bank.queues.get(text(own["queue"])) ?? text(own["queue"]);
    case "transfer":
      return text(own["target"]);
    case "voicemail":
      return text(own["mailbox"]);
    case "subflow":
      return text(own["flow"]);
    case "language":
      return choiceName(t, text(own["language"]));
    case "condition":
      if (own["expression"] !== undefined) return text(own["expression"]);
      return `${text(own["variable"])} ${choiceName(t, text(own["op"]))} ${text(own["value"])}`;
    case "set":
      return Object.entries({ ...(own["values"] as object | undefined), ...(own["expressions"] as object | undefined) }).map(([name, value]) => `${name} = ${String(value)}`).join(", ");
    case "http_lookup":
      return text(own["url"]);
    case "database_lookup":
      return text(own["statement"]);
    case "tag":
      return Array.isArray(own["tags"]) ? own["tags"].map(text).join(", ") : "";
    case "split":
      return `${text(own["share_percent"])} %`;
    case "hours": {
      const days = Object.entries((own["weekly"] ?? {}) as Record<string, unknown>);
      const spans = days.map(([, value]) => (Array.isArray(value) ? value.map((span) => (Array.isArray(span) ? span.join("–") : "")).join(" ") : ""));
      return spans.length === 0 ? "" : `${String(days.length)} × ${spans[0] ?? ""}`;
    }
    case "callback":
      return bank.queues.get(text(own["queue"])) ?? text(own["queue"]);
    default:
      return pieces(own["prompt"]).map((piece) => pieceText(piece, bank, language)).join(" ");
  }
}
