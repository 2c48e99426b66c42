import { readFlow, type FlowDocument } from "@lingtong/model/flow";
import { drawingOf, specOf, type Drawing } from "./useDrawing";

/** A file of a flow is read up to this size, bytes: a thousand nodes, with room. */
const FILE_BYTES = 2_097_152;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A drawing from a file: a flow by itself, what the designer exports, or a resource as `lingtong export` writes it. */
export async function readFile(file: File, id: string): Promise<Drawing | null> {
  if (file.size > FILE_BYTES) return null;
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    // JSON is YAML too.
    value = parse(await file.text()) as unknown;
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const spec = isObject(value["spec"]) ? value["spec"] : "definition" in value ? value : { definition: value };
  if (readFlow(spec["definition"]) === null) return null;
  const drawing = drawingOf(spec, id);
  return { ...drawing, flow: { ...drawing.flow, id } };
}

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** The drawing as a resource, which `lingtong apply` takes as well. */
export async function writeFile(drawing: Drawing, form: "json" | "yaml"): Promise<void> {
  const flow: FlowDocument = drawing.flow;
  const resource = { kind: "flow", name: flow.id, spec: specOf(drawing) };
  if (form === "json") {
    download(`${flow.id}.json`, "application/json", `${JSON.stringify(resource, null, 2)}\n`);
    return;
  }
  const { stringify } = await import("yaml");
  download(`${flow.id}.yaml`, "application/yaml", stringify(resource));
}
