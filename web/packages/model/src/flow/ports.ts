import type { FlowDocument, FlowNode } from "./document";

/** What the server says of a kind of node. */
export interface KindForm {
  kind: string;
  fields: Schema;
  example: Readonly<Record<string, unknown>>;
  required: readonly string[];
  optional: readonly string[];
  keys: boolean;
  any: boolean;
}

/** As much of JSON schema as the kinds use. */
export interface Schema {
  type?: string | readonly string[];
  format?: string;
  title?: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  enum?: readonly string[];
  items?: Schema;
  oneOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  propertyNames?: Schema;
  additionalProperties?: boolean | Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  $ref?: string;
  $defs?: Readonly<Record<string, Schema>>;
}

/** The keys of a telephone, in the order in which people give them out. */
export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"] as const;

/** What becomes of the call there: it goes as wished, a key was pressed, or something went wrong. */
export type PortSort = "key" | "good" | "bad" | "more";

export interface Port {
  name: string;
  sort: PortSort;
  required: boolean;
  to: string | null;
}

/** The port from which a new key's way is drawn. */
export const MORE = "+";

const GOOD = new Set(["done", "true", "open", "answered"]);

function sortOf(name: string): PortSort {
  if ((KEYS as readonly string[]).includes(name)) return "key";
  return GOOD.has(name) ? "good" : "bad";
}

/** A node's outlets in the order in which they are drawn: keys, what must lead somewhere, what may. */
export function portsOf(node: FlowNode, form: KindForm | undefined): Port[] {
  const outlets = node.outlets ?? {};
  const keys = KEYS.filter((key) => outlets[key] !== undefined);
  const declared = [...(form?.required ?? []), ...(form?.optional ?? [])];
  const others = Object.keys(outlets).filter((name) => !declared.includes(name) && !(KEYS as readonly string[]).includes(name));
  const ports = [...keys, ...declared, ...others].map((name): Port => {
    const required = form?.required.includes(name) ?? false;
    return { name, sort: sortOf(name), required, to: outlets[name] ?? null };
  });
  const more = form !== undefined && ((form.keys && keys.length < KEYS.length) || form.any);
  return more ? [...ports, { name: MORE, sort: "more", required: false, to: null }] : ports;
}

/** The outlet that a way from this port gets: the next free key for the port that makes more of them. */
export function outletFor(flow: FlowDocument, id: string, port: string, form: KindForm | undefined): string | null {
  if (port !== MORE) return port;
  const outlets = flow.nodes[id]?.outlets ?? {};
  if (form?.keys === true) return KEYS.find((key) => outlets[key] === undefined) ?? null;
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? "other" : `other_${String(n)}`;
    if (outlets[name] === undefined) return name;
  }
}

/** Outlets that a node could still have. */
export function freeOutlets(node: FlowNode, form: KindForm | undefined): string[] {
  const possible = [...(form?.required ?? []), ...(form?.optional ?? []), ...(form?.keys === true ? KEYS : [])];
  return possible.filter((name) => node.outlets?.[name] === undefined);
}
