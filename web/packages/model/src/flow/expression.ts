import type { FlowDocument } from "./document";
import { ownFields } from "./edit";
import { formOf } from "./schema";
import type { KindForm } from "./ports";

/** What an expression can be made of, as the server tells it. */
export interface ExpressionWords {
  variables: readonly string[];
  functions: readonly string[];
  queue_figures: readonly string[];
  /** The longest expression, characters. */
  max_chars: number;
}

/** Functions that are called on a text: `caller.startsWith("138")`. */
const MEMBERS = new Set(["contains", "endsWith", "startsWith"]);
/** More offers than this hide the one that is wanted. */
const OFFERS = 12;

/** A word that can be typed, and what is written when it is taken. */
export interface Offer {
  word: string;
  /** The whole expression once it is taken. */
  text: string;
}

const isPart = (letter: string): boolean => /[\p{L}\p{N}_]/u.test(letter);

/** The variables that the nodes of a flow set. */
export function variablesOf(flow: FlowDocument, forms: ReadonlyMap<string, KindForm>): string[] {
  const names = new Set<string>();
  for (const node of Object.values(flow.nodes)) {
    const own = ownFields(node);
    const form = forms.get(node.kind);
    for (const field of form === undefined ? [] : formOf(form)) {
      const value = own[field.name] ?? field.fallback;
      if (field.type === "named" && field.format === "variable" && typeof value === "string" && value !== "") names.add(value);
      if ((field.type === "values" || field.type === "expressions" || field.type === "paths" || field.type === "columns") && typeof value === "object" && value !== null) Object.keys(value).forEach((name) => names.add(name));
    }
  }
  return [...names].sort();
}

/** What could be typed at a place of an expression: what begins as the word there does. */
export function offersAt(text: string, caret: number, words: ExpressionWords, own: readonly string[], queues: readonly string[]): Offer[] {
  let start = caret;
  while (start > 0 && isPart(text[start - 1] ?? "")) start -= 1;
  const typed = text.slice(start, caret);
  const before = text.slice(0, start);
  const put = (word: string, written: string): Offer => ({ word, text: before + written + text.slice(caret) });
  const fits = (word: string): boolean => word.toLowerCase().startsWith(typed.toLowerCase()) && word !== typed;
  const isQueue = /queue\(\s*["']$/.test(before);
  if (isQueue) return queues.filter(fits).slice(0, OFFERS).map((name) => put(name, name));
  // Within quotes it is a text, not a name.
  if ((before.split('"').length - 1) % 2 === 1 || (before.split("'").length - 1) % 2 === 1) return [];
  if (before.endsWith(".")) {
    const members = before.endsWith(").") ? words.queue_figures : [];
    const called = words.functions.filter((name) => MEMBERS.has(name)).map((name) => put(name, `${name}("`));
    return [...members.map((name) => put(name, name)), ...called].filter((offer) => fits(offer.word)).slice(0, OFFERS);
  }
  if (typed === "") return [];
  const functions = words.functions.filter((name) => !MEMBERS.has(name)).map((name) => put(name, name === "queue" ? 'queue("' : `${name}(`));
  const variables = [...new Set([...own, ...words.variables])].map((name) => put(name, name));
  return [...variables, ...functions].filter((offer) => fits(offer.word)).slice(0, OFFERS);
}

/** As {@link offersAt}, for a text with expressions within double braces; none outside of them. */
export function offersWithin(text: string, caret: number, words: ExpressionWords, own: readonly string[], queues: readonly string[]): Offer[] {
  const open = text.lastIndexOf("{{", caret - 1);
  const from = open + 2;
  if (open < 0 || from > caret || text.slice(from, caret).includes("}}")) return [];
  const close = text.indexOf("}}", caret);
  const to = close < 0 ? text.length : close;
  const rest = close < 0 ? " }}" : text.slice(to);
  return offersAt(text.slice(from, to), caret - from, words, own, queues).map((offer) => ({ word: offer.word, text: text.slice(0, from) + offer.text + rest }));
}

/** The variables that can be set by the time a node is come to: by nodes from which a way leads to it. */
export function variablesAt(flow: FlowDocument, id: string, forms: ReadonlyMap<string, KindForm>): string[] {
  const before = new Set<string>();
  const into = new Map<string, string[]>();
  for (const [from, node] of Object.entries(flow.nodes)) {
    for (const to of Object.values(node.outlets ?? {})) into.set(to, [...(into.get(to) ?? []), from]);
  }
  const open = [id];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const from of into.get(at) ?? []) {
      if (!before.has(from)) {
        before.add(from);
        open.push(from);
      }
    }
  }
  return variablesOf({ ...flow, nodes: Object.fromEntries(Object.entries(flow.nodes).filter(([name]) => before.has(name))) }, forms);
}
