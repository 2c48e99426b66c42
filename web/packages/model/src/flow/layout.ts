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

/** A place for each node: ways go from left to right. */
export function layOut(flow: FlowDocument, forms: ReadonlyMap<string, KindForm>): Map<string, Place> {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: GAP.across, ranksep: GAP.along, ranker: "tight-tree" });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = Object.keys(flow.nodes);
  // Where a walk starts comes first, so that it stands on the left.
  const inOrder = [...ids.filter((id) => id === flow.start), ...ids.filter((id) => id !== flow.start)];
  for (const id of inOrder) {
    const node = flow.nodes[id];
    if (node !== undefined) graph.setNode(id, { width: NODE_WIDTH, height: heightOf(portsOf(node, forms.get(node.kind)).filter((port) => port.required || port.to !== null).length) });
  }
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
