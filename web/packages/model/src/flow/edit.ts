import { freeId, isOwn, notesOf, withOutlets, without, type FlowDocument, type FlowNode, type FlowNote, type Place } from "./document";

function withNode(flow: FlowDocument, id: string, change: (node: FlowNode) => FlowNode): FlowDocument {
  const node = flow.nodes[id];
  return node === undefined ? flow : { ...flow, nodes: { ...flow.nodes, [id]: change(node) } };
}

function withNotes(flow: FlowDocument, notes: readonly FlowNote[]): FlowDocument {
  if (notes.length > 0) return { ...flow, view: { ...flow.view, notes } };
  return without(flow, "view");
}

const whole = (place: Place): Place => [Math.round(place[0]), Math.round(place[1])];

/** Puts a new node down. The first node of a flow is where it starts. */
export function addNode(flow: FlowDocument, wish: string, node: FlowNode, at: Place): { flow: FlowDocument; id: string } {
  const id = freeId(flow.nodes, wish);
  const nodes = { ...flow.nodes, [id]: { ...node, at: whole(at) } };
  return { flow: { ...flow, nodes, start: flow.start === "" ? id : flow.start }, id };
}

/** Takes nodes away, with all outlets that lead to them. */
export function removeNodes(flow: FlowDocument, ids: ReadonlySet<string>): FlowDocument {
  const nodes: Record<string, FlowNode> = {};
  for (const [id, node] of Object.entries(flow.nodes)) {
    if (ids.has(id)) continue;
    const leads = Object.entries(node.outlets ?? {});
    const kept = leads.filter(([, target]) => !ids.has(target));
    nodes[id] = kept.length === leads.length ? node : withOutlets(node, Object.fromEntries(kept));
  }
  return { ...flow, nodes, start: ids.has(flow.start) ? "" : flow.start };
}

/** Lets an outlet lead to a node; undefined: nowhere. */
export function connect(flow: FlowDocument, from: string, outlet: string, to: string | undefined): FlowDocument {
  return withNode(flow, from, (node) => {
    return withOutlets(node, to === undefined ? without(node.outlets ?? {}, outlet) : { ...node.outlets, [outlet]: to });
  });
}

/** Gives an outlet another name, such as another key. */
export function renameOutlet(flow: FlowDocument, from: string, outlet: string, name: string): FlowDocument {
  return withNode(flow, from, (node) => {
    if (node.outlets?.[outlet] === undefined || (name !== outlet && node.outlets[name] !== undefined)) return node;
    const renamed = <T>(all: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(all).map(([key, one]) => [key === outlet ? name : key, one]));
    return withOutlets({ ...node, ...(node.choices === undefined ? {} : { choices: renamed(node.choices) }) }, renamed(node.outlets));
  });
}

/** Sets a node's field; undefined takes it out. */
export function setField(flow: FlowDocument, id: string, field: string, value: unknown): FlowDocument {
  return withNode(flow, id, (node) => (value === undefined ? without(node, field) : { ...node, [field]: value }));
}

/** What a node is called, in both languages at once or in one word for both. */
export function setName(flow: FlowDocument, id: string, name: string, language: string): FlowDocument {
  const node = flow.nodes[id];
  if (node?.title === undefined) return setField(flow, id, "label", name === "" ? undefined : name);
  return setField(flow, id, "title", { ...node.title, [language.startsWith("zh") ? "zh" : "en"]: name });
}

/** Gives a node another id, everywhere it is named. */
export function renameNode(flow: FlowDocument, from: string, to: string): FlowDocument {
  if (from === to || to === "" || Object.hasOwn(flow.nodes, to)) return flow;
  const target = (id: string): string => (id === from ? to : id);
  const nodes = Object.entries(flow.nodes).map(([id, node]): [string, FlowNode] => {
    const leads = Object.entries(node.outlets ?? {});
    const touched = leads.some(([, at]) => at === from);
    return [target(id), touched ? withOutlets(node, Object.fromEntries(leads.map(([name, at]) => [name, target(at)]))) : node];
  });
  return { ...flow, start: target(flow.start), nodes: Object.fromEntries(nodes) };
}

export function moveNodes(flow: FlowDocument, places: ReadonlyMap<string, Place>): FlowDocument {
  let changed = flow;
  for (const [id, at] of places) {
    const now = changed.nodes[id]?.at;
    const next = whole(at);
    if (now?.[0] !== next[0] || now[1] !== next[1]) changed = withNode(changed, id, (node) => ({ ...node, at: next }));
  }
  return changed;
}

export function addNote(flow: FlowDocument, note: FlowNote): FlowDocument {
  return withNotes(flow, [...notesOf(flow), { ...note, at: whole(note.at) }]);
}

/** Changes a note; null takes it away. */
export function changeNote(flow: FlowDocument, index: number, change: Partial<FlowNote> | null): FlowDocument {
  const notes = notesOf(flow).flatMap((note, at) => (at !== index ? [note] : change === null ? [] : [{ ...note, ...change }]));
  return withNotes(flow, notes);
}

export function removeNotes(flow: FlowDocument, indexes: ReadonlySet<number>): FlowDocument {
  return indexes.size === 0 ? flow : withNotes(flow, notesOf(flow).filter((_, at) => !indexes.has(at)));
}

/** A kind's own fields of a node. */
export function ownFields(node: FlowNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(node).filter(([field]) => isOwn(field)));
}
