import dagre from "@dagrejs/dagre";
import type { FlowDocument, Place } from "./document";
import { portsOf, type KindForm } from "./ports";

/** How a node is drawn, pixels at full size. */
export const NODE_WIDTH = 220;
const HEAD_HEIGHT = 74;
const PORT_HEIGHT = 24;
const NODE_PADDING = 8;
/** Room between neighbours in a column, and between columns. */
const GAP = { across: 28, along: 84 };

export function heightOf(ports: number): number {
  return HEAD_HEIGHT + ports * PORT_HEIGHT + (ports > 0 ? NODE_PADDING : 0);
}

/** Ways up to which crossings are looked at: that takes a moment then, and minutes where most nodes lead to most others. */
const UNTANGLED_MAX = 600;

/** A place for each node: ways go from left to right. */
export function layOut(flow: FlowDocument, forms: ReadonlyMap<string, KindForm>): Map<string, Place> {
  const ways = Object.values(flow.nodes).reduce((sum, node) => sum + Object.keys(node.outlets ?? {}).length, 0);
  return ways > UNTANGLED_MAX ? inColumns(flow, forms) : untangled(flow, forms);
}

/** By how many steps away each node is from the start, however ways cross. What no way leads to comes last. */
function inColumns(flow: FlowDocument, forms: ReadonlyMap<string, KindForm>): Map<string, Place> {
  const ids = Object.keys(flow.nodes);
  const places = new Map<string, Place>();
  const left = new Set(ids);
  let column = ids.filter((id) => id === flow.start);
  for (let x = 0; left.size > 0; x += NODE_WIDTH + GAP.along) {
    if (column.length === 0) column = [...left];
    let y = 0;
    for (const id of column) {
      left.delete(id);
      places.set(id, [x, y]);
      y += cardHeight(flow, id, forms) + GAP.across;
    }
    const next = column.flatMap((id) => Object.values(flow.nodes[id]?.outlets ?? {}));
    column = [...new Set(next)].filter((id) => left.has(id));
  }
  return places;
}

function cardHeight(flow: FlowDocument, id: string, forms: ReadonlyMap<string, KindForm>): number {
  const node = flow.nodes[id];
  return node === undefined ? 0 : heightOf(portsOf(node, forms.get(node.kind)).filter((port) => port.required || port.to !== null).length);
}

/** With as few crossings as can be had. */
function untangled(flow: FlowDocument, forms: ReadonlyMap<string, KindForm>): Map<string, Place> {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: GAP.across, ranksep: GAP.along, ranker: "tight-tree" });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = Object.keys(flow.nodes);
  // Where a walk starts comes first, so that it stands on the left.
  const inOrder = [...ids.filter((id) => id === flow.start), ...ids.filter((id) => id !== flow.start)];
  for (const id of inOrder) graph.setNode(id, { width: NODE_WIDTH, height: cardHeight(flow, id, forms) });
  for (const id of inOrder) {
    for (const [outlet, target] of Object.entries(flow.nodes[id]?.outlets ?? {})) {
      if (target !== id && Object.hasOwn(flow.nodes, target)) graph.setEdge(id, target, {}, outlet);
    }
  }
  dagre.layout(graph);
  const places = new Map<string, Place>();
  for (const id of ids) {
    const { x, y, height } = graph.node(id) as { x: number; y: number; height: number };
    places.set(id, [Math.round(x - NODE_WIDTH / 2), Math.round(y - height / 2)]);
  }
  return places;
}

/** Places for the nodes that have none: all anew when none has one, else below what is there. */
export function placesOf(flow: FlowDocument, forms: ReadonlyMap<string, KindForm>): Map<string, Place> {
  const entries = Object.entries(flow.nodes);
  const places = new Map<string, Place>(entries.flatMap(([id, node]) => (node.at === undefined ? [] : [[id, node.at] as const])));
  if (places.size === entries.length) return places;
  if (places.size === 0) return layOut(flow, forms);
  const below = Math.max(...[...places.values()].map((at) => at[1])) + 240;
  let column = 0;
  for (const [id] of entries) {
    if (places.has(id)) continue;
    places.set(id, [column * (NODE_WIDTH + GAP.along), below]);
    column += 1;
  }
  return places;
}
