import type { FlowNode } from "./document";
import type { KindForm, Schema } from "./ports";

/** How a field is filled in. */
export type Widget =
  | { type: "say" | "text" | "switch" | "value" | "values" | "expressions" | "templates" | "paths" | "columns" | "weekly" | "dates" | "days" | "texts" | "json" }
  | { type: "number"; min: number | undefined; max: number | undefined }
  | { type: "choice"; options: readonly string[] }
  /** A name of something else, or a text of a form of its own. */
  | { type: "named"; format: string };

export type FormField = Widget & { name: string; required: boolean; fallback: unknown };

/** Formats that have a way of their own to be filled in. */
const NAMED = new Set(["queue", "flow", "target", "mailbox", "variable", "language", "cause", "keys", "expression", "template", "statement", "database"]);

function resolve(schema: Schema, defs: Readonly<Record<string, Schema>>): { schema: Schema; name: string | null } {
  const [only] = schema.oneOf ?? [];
  if (schema.oneOf?.length === 1 && only !== undefined) return resolve({ ...only, ...("default" in schema ? { default: schema.default } : {}) }, defs);
  const name = schema.$ref?.replace("#/$defs/", "") ?? null;
  const found = name === null ? undefined : defs[name];
  return found === undefined ? { schema, name } : { schema: { ...found, ...("default" in schema ? { default: schema.default } : {}) }, name };
}

function widgetOf(schema: Schema, name: string | null): Widget {
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (name === "Say") return { type: "say" };
  if (schema.enum !== undefined) return { type: "choice", options: schema.enum };
  if (types.includes("boolean")) return { type: "switch" };
  if (types.includes("integer") || types.includes("number")) return { type: "number", min: schema.minimum, max: schema.maximum };
  if (types.includes("string")) return schema.format !== undefined && NAMED.has(schema.format) ? { type: "named", format: schema.format } : { type: "text" };
  if (types.includes("array") && schema.items?.format === "tags") return { type: "texts" };
  if (types.includes("array")) return schema.items?.type === "string" ? { type: "days" } : { type: "json" };
  const keys = schema.propertyNames?.format;
  if (keys === "weekly" || keys === "dates" || keys === "values" || keys === "expressions" || keys === "templates" || keys === "paths" || keys === "columns") return { type: keys };
  return types.length === 0 && schema.anyOf === undefined && schema.oneOf === undefined ? { type: "value" } : { type: "json" };
}

/** The fields of a kind as a form asks for them: those that are needed first. */
export function formOf(form: KindForm): FormField[] {
  const defs = form.fields.$defs ?? {};
  const needed = new Set(form.fields.required ?? []);
  const fields = Object.entries(form.fields.properties ?? {}).map(([name, raw]): FormField => {
    const { schema, name: ref } = resolve(raw, defs);
    return { ...widgetOf(schema, ref), name, required: needed.has(name), fallback: schema.default };
  });
  const rank = (field: FormField): number => (field.required ? 0 : field.type === "say" ? 1 : 2);
  return fields.sort((a, b) => rank(a) - rank(b));
}

/** What a new node of a kind says: only what it cannot do without, taken from the kind's example. */
export function newNode(form: KindForm): FlowNode {
  const needed = Object.fromEntries((form.fields.required ?? []).map((name) => [name, form.example[name]]));
  return { kind: form.kind, ...needed };
}

export type Piece = string | Readonly<Record<string, unknown>>;

/** What a prompt's field says, piece by piece. */
export function pieces(value: unknown): Piece[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).filter((piece): piece is Piece => typeof piece === "string" || (typeof piece === "object" && piece !== null));
}

/** Pieces as they are stored: one by itself, several as a list, none not at all. */
export function fromPieces(list: readonly Piece[]): unknown {
  return list.length === 0 ? undefined : list.length === 1 ? list[0] : list;
}
