import { notesOf, portsOf, type FlowDifference, type FlowDocument, type HeatMap, type KindForm, type NodeHeat, type Path } from "@lingtong/model/flow";
import { MarkerType, type Edge } from "@xyflow/react";
import type { CardNode } from "./NodeCard";
import type { NoteNode } from "./NoteCard";
import type { Bank } from "./summary";

export type DrawnNode = CardNode | NoteNode;

/** All that a drawing shows. */
export interface DrawnOf {
  flow: FlowDocument;
  forms: ReadonlyMap<string, KindForm>;
  bank: Bank;
  problems: ReadonlyMap<string, number>;
  path: Path | null;
  difference: FlowDifference | null;
  /** What is known of real calls. */
  heat: HeatMap | null;
  found: ReadonlySet<string>;
}

const NOTE = "note:";
/** How much wider than the others the busiest way is, pixels. */
const WIDEST = 6;
/** A node that no call came to. */
const UNVISITED: NodeHeat = { visits: 0, left: 0, median_ms: 0, grade: 0 };

/** Which of the notes an id means; null for a node. */
export function noteIndex(id: string): number | null {
  return id.startsWith(NOTE) ? Number(id.slice(NOTE.length)) : null;
}

/** A card of each node, and the notes below them. */
export function nodesOf({ flow, forms, bank, problems, path, difference, heat, found }: DrawnOf): DrawnNode[] {
  const cards = Object.entries(flow.nodes).map(([id, node]): CardNode => {
    const steps = path?.nodes.get(id);
    return {
      id,
      type: "card",
      position: { x: node.at?.[0] ?? 0, y: node.at?.[1] ?? 0 },
      data: {
        node,
        form: forms.get(node.kind),
        bank,
        start: flow.start === id,
        problems: problems.get(id) ?? 0,
        difference: difference?.nodes.get(id),
        steps: steps?.join(" · "),
        dim: path !== null && steps === undefined,
        here: path !== null && path.last === id,
        found: found.has(id),
        heat: heat === null ? null : (heat.nodes.get(id) ?? UNVISITED),
      },
    };
  });
  const notes = notesOf(flow).map((note, index): NoteNode => ({ id: `${NOTE}${String(index)}`, type: "note", position: { x: note.at[0], y: note.at[1] }, data: { note }, zIndex: -1 }));
  return [...notes, ...cards];
}

/** A way of each outlet that leads somewhere. */
export function edgesOf({ flow, forms, path, difference, heat }: DrawnOf): Edge[] {
  return Object.entries(flow.nodes).flatMap(([id, node]) =>
    portsOf(node, forms.get(node.kind)).flatMap((port): Edge[] => {
      if (port.to === null || !Object.hasOwn(flow.nodes, port.to)) return [];
      const way = `${id}.${port.name}`;
      const walked = path?.ways.has(way) ?? false;
      const calls = heat?.ways.get(way);
      const states = [`way-${port.sort}`, walked ? "walked" : path === null ? "" : "dim", difference === null ? "" : `diff-${difference.ways.get(way) ?? "same"}`];
      return [
        {
          id: way,
          source: id,
          sourceHandle: port.name,
          target: port.to,
          targetHandle: "in",
          className: states.join(" "),
          animated: walked,
          zIndex: walked ? 1 : 0,
          ...(heat === null ? {} : { label: String(calls?.calls ?? 0), labelShowBg: true, style: { strokeWidth: 1 + WIDEST * (calls?.share ?? 0) } }),
          markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14 },
        },
      ];
    }),
  );
}


/**
 * The nodes as they are to be drawn, with what the canvas itself knows of them: size and selection (`selected`, where that is
 * to change). A node that says and stands as before stays the same object, so that only what has changed is drawn anew.
 */
export function mergeNodes(before: DrawnNode[], drawn: readonly DrawnNode[], selected: ReadonlySet<string> | null): DrawnNode[] {
  return merged(before, drawn, (old, node): DrawnNode => {
    const wanted = selected === null ? (old?.selected ?? false) : selected.has(node.id);
    if (old !== undefined && (old.selected ?? false) === wanted && sameNode(old, node)) return old;
    return { ...node, selected: wanted, ...(old?.measured === undefined ? {} : { measured: old.measured }) };
  });
}

/** The ways as they are to be drawn; each that is as before stays the same object. */
export function mergeEdges(before: Edge[], drawn: readonly Edge[]): Edge[] {
  return merged(before, drawn, (old, way) => (old !== undefined && sameWay(old, way) ? old : way));
}

/** Whether two cards say the same. */
export function sameData(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(b).every((key) => Object.is(a[key], b[key]));
}

/** Each of the list made from the one before of the same id; the list before where nothing became another object. */
function merged<T extends { id: string }>(before: T[], list: readonly T[], make: (old: T | undefined, one: T) => T): T[] {
  const known = new Map(before.map((one) => [one.id, one]));
  const next = list.map((one) => make(known.get(one.id), one));
  return next.length === before.length && next.every((one, index) => one === before[index]) ? before : next;
}

function sameNode(a: DrawnNode, b: DrawnNode): boolean {
  return a.type === b.type && a.position.x === b.position.x && a.position.y === b.position.y && sameData(a.data, b.data);
}

function sameWay(a: Edge, b: Edge): boolean {
  return a.target === b.target && a.className === b.className && a.label === b.label && a.style?.strokeWidth === b.style?.strokeWidth;
}
