import { freeId, notesOf, readFlow, withOutlets, type FlowDocument, type FlowNode, type FlowNote, type Place } from "./document";

/** What is copied says what it is, so that another text on the clipboard is left alone. */
const MARK = "lingtong/flow-part";
/** A copy lies so far from what it was copied from, pixels. */
const STEP = 40;

interface Part {
  nodes: Readonly<Record<string, FlowNode>>;
  notes: readonly FlowNote[];
}

/** Nodes and notes as a text for the clipboard; ways that lead out of it are left behind. */
export function copyPart(flow: FlowDocument, ids: ReadonlySet<string>, notes: ReadonlySet<number>, places: ReadonlyMap<string, Place>): string {
  const nodes: Record<string, FlowNode> = {};
  for (const id of ids) {
    const node = flow.nodes[id];
    if (node === undefined) continue;
    const outlets = Object.fromEntries(Object.entries(node.outlets ?? {}).filter(([, target]) => ids.has(target)));
    const at = places.get(id);
    nodes[id] = { ...withOutlets(node, outlets), ...(at === undefined ? {} : { at }) };
  }
  const part: Part = { nodes, notes: notesOf(flow).filter((_, at) => notes.has(at)) };
  return JSON.stringify({ type: MARK, ...part }, null, 1);
}

export function readPart(text: string): Part | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("type" in value) || value.type !== MARK || !("nodes" in value)) return null;
  const flow = readFlow({ nodes: value.nodes, view: { notes: "notes" in value ? value.notes : [] } });
  return flow === null ? null : { nodes: flow.nodes, notes: notesOf(flow) };
}

/** Puts a part into a flow, under names that are free there. */
export function pastePart(flow: FlowDocument, part: Part): { flow: FlowDocument; ids: string[] } {
  const nodes: Record<string, FlowNode> = { ...flow.nodes };
  const names = new Map<string, string>();
  for (const id of Object.keys(part.nodes)) {
    const name = freeId(nodes, id);
    names.set(id, name);
    nodes[name] = { kind: "" };
  }
  const beside = (at: Place | undefined): Place => [(at?.[0] ?? 0) + STEP, (at?.[1] ?? 0) + STEP];
  for (const [id, node] of Object.entries(part.nodes)) {
    const outlets = Object.fromEntries(Object.entries(node.outlets ?? {}).map(([outlet, target]) => [outlet, names.get(target) ?? target]));
    nodes[names.get(id) ?? id] = { ...withOutlets(node, outlets), at: beside(node.at) };
  }
  const notes = [...notesOf(flow), ...part.notes.map((note) => ({ ...note, at: beside(note.at) }))];
  const ids = [...names.values()];
  const start = flow.start === "" ? (ids[0] ?? "") : flow.start;
  return { flow: { ...flow, nodes, start, ...(notes.length > 0 ? { view: { ...flow.view, notes } } : {}) }, ids };
}
