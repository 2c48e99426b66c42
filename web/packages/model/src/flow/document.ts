/** Where an outlet leads, by its name. */
export type Outlets = Readonly<Record<string, string>>;

export type Place = readonly [number, number];

/** What people read in place of an id, in each language. */
export interface Words {
  zh?: string;
  en?: string;
}

/** A node: what every kind has, and the kind's own fields beside it. */
export interface FlowNode {
  readonly kind: string;
  readonly outlets?: Outlets;
  readonly label?: string;
  readonly title?: Words;
  /** What taking an outlet means, by its name. */
  readonly choices?: Readonly<Record<string, Words>>;
  readonly at?: Place;
  readonly [field: string]: unknown;
}

export const COLOURS = ["yellow", "blue", "green", "pink"] as const;
export type NoteColour = (typeof COLOURS)[number];

/** A note that is stuck to the drawing. */
export interface FlowNote {
  readonly at: Place;
  readonly size?: Place;
  readonly text: string;
  readonly colour?: NoteColour;
}

/** A flow as it is stored: what calls walk, and where it is drawn. */
export interface FlowDocument {
  readonly version: number;
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly start: string;
  readonly nodes: Readonly<Record<string, FlowNode>>;
  readonly view?: { readonly notes?: readonly FlowNote[] };
}

export const FORM_VERSION = 1;

/** The fields of a node that are no kind's own. */
const COMMON = new Set(["kind", "outlets", "label", "title", "choices", "at"]);

export function isOwn(field: string): boolean {
  return !COMMON.has(field);
}

export function emptyFlow(id: string, name: string): FlowDocument {
  return { version: FORM_VERSION, id, name, language: "zh", start: "", nodes: {} };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlace(value: unknown): value is Place {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "number" && Number.isFinite(part));
}

/**
 * A document as far as it can be drawn; null when it is none at all. What is wrong beyond that is the server's to say,
 * so nothing is dropped that can be shown.
 */
export function readFlow(value: unknown): FlowDocument | null {
  if (!isObject(value) || !isObject(value["nodes"])) return null;
  const nodes: Record<string, FlowNode> = {};
  for (const [id, node] of Object.entries(value["nodes"])) {
    if (!isObject(node) || typeof node["kind"] !== "string") return null;
    const { at, outlets, ...rest } = node;
    const leads = isObject(outlets) ? Object.entries(outlets).filter((pair): pair is [string, string] => typeof pair[1] === "string") : [];
    nodes[id] = {
      ...rest,
      kind: node["kind"],
      ...(leads.length > 0 ? { outlets: Object.fromEntries(leads) } : {}),
      ...(isPlace(at) ? { at } : {}),
    };
  }
  const text = (field: string, fallback: string): string => (typeof value[field] === "string" ? value[field] : fallback);
  const view = isObject(value["view"]) ? (value["view"] as FlowDocument["view"]) : undefined;
  return {
    version: typeof value["version"] === "number" ? value["version"] : FORM_VERSION,
    id: text("id", ""),
    name: text("name", ""),
    language: text("language", "zh"),
    start: text("start", ""),
    nodes,
    ...(view === undefined ? {} : { view }),
  };
}

/** What a node is called: its title in the language, else its label; null when it has neither. */
export function nodeName(node: FlowNode, language: string): string | null {
  const chinese = language.startsWith("zh");
  const found = [chinese ? node.title?.zh : node.title?.en, node.label, chinese ? node.title?.en : node.title?.zh].find((text) => typeof text === "string" && text !== "");
  return found ?? null;
}

export function notesOf(flow: FlowDocument): readonly FlowNote[] {
  return flow.view?.notes ?? [];
}

/** An object without some of its fields. */
export function without<T extends object>(value: T, ...fields: readonly string[]): T {
  return Object.fromEntries(Object.entries(value).filter(([field]) => !fields.includes(field))) as T;
}

/** A name that no node has yet: `menu`, `menu_2` … */
export function freeId(taken: Readonly<Record<string, unknown>>, wish: string): string {
  const root = wish.replace(/_\d+$/, "");
  if (!Object.hasOwn(taken, root)) return root;
  for (let n = 2; ; n += 1) {
    const id = `${root}_${String(n)}`;
    if (!Object.hasOwn(taken, id)) return id;
  }
}

/** What taking an outlet means goes with the outlet. */
export function withOutlets(node: FlowNode, outlets: Outlets): FlowNode {
  const gone = Object.keys(node.outlets ?? {}).filter((name) => outlets[name] === undefined);
  const choices = Object.fromEntries(Object.entries(node.choices ?? {}).filter(([name]) => !gone.includes(name)));
  const rest = without(node, "outlets", "choices");
  return { ...rest, ...(Object.keys(choices).length > 0 ? { choices } : {}), ...(Object.keys(outlets).length > 0 ? { outlets } : {}) };
}
