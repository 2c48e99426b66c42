import { connect, notesOf, outletFor, portsOf, type FlowDifference, type FlowDocument, type HeatMap, type KindForm, type NodeHeat, type Path, type Place } from "@lingtong/model/flow";
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  Controls,
  MarkerType,
  MiniMap,
  ReactFlow,
  useReactFlow,
  useStore,
  type Connection,
  type Edge,
  type EdgeChange,
  type NodeChange,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent, type ReactElement } from "react";
import { NodeCard, type CardNode } from "./NodeCard";
import { NoteCard, NOTE_SIZE, type NoteNode } from "./NoteCard";
import { DRAG_TYPE } from "./Palette";
import { lookOf } from "./looks";
import type { Bank } from "./summary";
import { useFlowWords } from "./words";

export type DrawnNode = CardNode | NoteNode;

/** What is selected: nodes by id, notes by place in the list. */
export interface Selection {
  nodes: ReadonlySet<string>;
  notes: ReadonlySet<number>;
  edge: string | null;
}
export const NOTHING: Selection = { nodes: new Set(), notes: new Set(), edge: null };

/** Somebody wants to see these. */
export interface Wish {
  ids: readonly string[];
  /** Differs from wish to wish. */
  turn: number;
  zoom: boolean;
}

interface CanvasProps {
  flow: FlowDocument;
  forms: ReadonlyMap<string, KindForm>;
  bank: Bank;
  problems: ReadonlyMap<string, number>;
  path: Path | null;
  difference: FlowDifference | null;
  /** What is known of real calls. */
  heat: HeatMap | null;
  found: ReadonlySet<string>;
  writable: boolean;
  wish: Wish | null;
  select: (selection: Selection) => void;
  change: (flow: FlowDocument, about?: string) => void;
  move: (nodes: ReadonlyMap<string, Place>, notes: ReadonlyMap<number, Place>) => void;
  drop: (kind: string, at: Place) => void;
}

const NODE_TYPES = { card: NodeCard, note: NoteCard };
const NOTE = "note:";
const MAP = { width: 168, height: 112 };
/** From so many nodes on a map helps; before, it only lies over the drawing. */
const MAP_FROM = 40;
/** How much wider than the others the busiest way is, pixels. */
const WIDEST = 6;
/** A node that no call came to. */
const UNVISITED: NodeHeat = { visits: 0, left: 0, median_ms: 0, grade: 0 };
/** Of so many nodes each word costs every frame; below this zoom nobody reads them, and nodes are drawn as plain boxes. */
const MANY = 100;
const FAR = 0.4;
const FIT = { padding: 0.12, maxZoom: 1, minZoom: 0.2 } as const;

export function noteIndex(id: string): number | null {
  return id.startsWith(NOTE) ? Number(id.slice(NOTE.length)) : null;
}

type DrawnProps = Pick<CanvasProps, "flow" | "forms" | "bank" | "problems" | "path" | "difference" | "heat" | "found">;

function nodesOf({ flow, forms, bank, problems, path, difference, heat, found }: DrawnProps): DrawnNode[] {
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

function edgesOf({ flow, forms, path, difference, heat }: DrawnProps): Edge[] {
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

/** The drawing itself. What it holds comes from the flow; only what is being dragged is its own. */
export function Canvas(props: CanvasProps): ReactElement {
  const { flow, forms, writable, select, change, move, drop, wish } = props;
  const { t } = useFlowWords();
  const { screenToFlowPosition, fitView } = useReactFlow();
  const { bank, problems, path, difference, heat, found } = props;
  const drawn = useMemo(() => nodesOf({ flow, forms, bank, problems, path, difference, heat, found }), [flow, forms, bank, problems, path, difference, heat, found]);
  const ways = useMemo(() => edgesOf({ flow, forms, bank, problems, path, difference, heat, found }), [flow, forms, bank, problems, path, difference, heat, found]);
  const [nodes, setNodes] = useState<DrawnNode[]>(drawn);
  const [edge, setEdge] = useState<string | null>(null);
  const [moving, setMoving] = useState(false);
  const far = useStore((store) => store.nodes.length > MANY && store.transform[2] < FAR);
  const taken = useRef<number | null>(null);

  useEffect(() => {
    // What is wanted may come with the drawing, or a moment before it.
    const fresh = wish !== null && wish.turn !== taken.current && (wish.ids.length === 0 || drawn.some((node) => wish.ids.includes(node.id)));
    const wanted = fresh ? new Set(wish.ids) : null;
    if (fresh) taken.current = wish.turn;
    setNodes((before) => {
      const known = new Map(before.map((node) => [node.id, node]));
      return drawn.map((node): DrawnNode => {
        const old = known.get(node.id);
        const selected = wanted === null ? (old?.selected ?? false) : wanted.has(node.id);
        return { ...node, selected, ...(old?.measured === undefined ? {} : { measured: old.measured }) };
      });
    });
    if (fresh) setEdge(null);
  }, [drawn, wish]);
  useEffect(() => {
    if (wish === null || !wish.zoom || wish.ids.length === 0) return;
    void fitView({ nodes: wish.ids.map((id) => ({ id })), duration: 280, maxZoom: 1, padding: 0.6 });
  }, [wish, fitView]);

  const chosen = nodes.filter((node) => node.selected === true).map((node) => node.id).join("\n");
  useEffect(() => {
    const ids = chosen === "" ? [] : chosen.split("\n");
    const notes = ids.map(noteIndex).filter((index): index is number => index !== null);
    select({ nodes: new Set(ids.filter((id) => noteIndex(id) === null)), notes: new Set(notes), edge });
  }, [chosen, edge, select]);

  const settle = useCallback(
    (moved: readonly DrawnNode[]) => {
      const places = moved.map((node): [string, Place] => [node.id, [Math.round(node.position.x), Math.round(node.position.y)]]);
      const notes = places.flatMap(([id, at]): [number, Place][] => {
        const index = noteIndex(id);
        return index === null ? [] : [[index, at]];
      });
      move(new Map(places.filter(([id]) => noteIndex(id) === null)), new Map(notes));
    },
    [move],
  );
  const onNodesChange = useCallback(
    (changes: NodeChange<DrawnNode>[]) => {
      setNodes((before) => applyNodeChanges(changes, before));
      // Arrow keys move without a drag.
      const byKeys = changes.flatMap((one) => (one.type === "position" && one.dragging === false && one.position !== undefined ? [one] : []));
      if (byKeys.length > 0) settle(byKeys.map((one) => ({ id: one.id, position: one.position ?? { x: 0, y: 0 } }) as DrawnNode));
    },
    [settle],
  );
  const onEdgesChange = useCallback((changes: EdgeChange[]) => {
    for (const one of changes) if (one.type === "select") setEdge((before) => (one.selected ? one.id : before === one.id ? null : before));
  }, []);
  const onConnect = useCallback(
    ({ source, sourceHandle, target }: Connection) => {
      const kind = flow.nodes[source]?.kind ?? "";
      const outlet = sourceHandle === null ? null : outletFor(flow, source, sourceHandle, forms.get(kind));
      if (outlet !== null) change(connect(flow, source, outlet, target));
    },
    [change, flow, forms],
  );
  const onReconnect = useCallback(
    (old: Edge, { source, sourceHandle, target }: Connection) => {
      if (sourceHandle === null || typeof old.sourceHandle !== "string") return;
      if (source === old.source && sourceHandle === old.sourceHandle) {
        change(connect(flow, source, sourceHandle, target));
        return;
      }
      const without = connect(flow, old.source, old.sourceHandle, undefined);
      const outlet = outletFor(without, source, sourceHandle, forms.get(flow.nodes[source]?.kind ?? ""));
      if (outlet !== null) change(connect(without, source, outlet, target));
    },
    [change, flow, forms],
  );
  const onDrop = (event: DragEvent): void => {
    const kind = event.dataTransfer.getData(DRAG_TYPE);
    if (kind === "") return;
    event.preventDefault();
    const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    drop(kind, [x - 40, y - 20]);
  };
  const colour = useCallback((node: DrawnNode): string => (node.type === "note" ? "var(--flow-note-line)" : `var(--flow-${lookOf(node.data.node.kind).group})`), []);
  const shownWays = useMemo(() => (edge === null ? ways : ways.map((way) => (way.id === edge ? { ...way, selected: true } : way))), [ways, edge]);
  return (
    <div
      className="flow-canvas"
      data-moving={moving}
      data-far={far}
      role="application"
      aria-label={t("canvas.label", { count: Object.keys(flow.nodes).length })}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAG_TYPE)) event.preventDefault();
      }}
      onDrop={onDrop}
    >
      <ReactFlow<DrawnNode>
        nodes={nodes}
        edges={shownWays}
        nodeTypes={NODE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={(_event, _node, moved) => {
          settle(moved);
        }}
        onConnect={onConnect}
        onReconnect={onReconnect}
        nodesDraggable={writable}
        nodesConnectable={writable}
        edgesReconnectable={writable}
        deleteKeyCode={null}
        multiSelectionKeyCode={["Shift", "Control", "Meta"]}
        selectionKeyCode="Shift"
        onMoveStart={() => {
          setMoving(true);
        }}
        onMoveEnd={() => {
          setMoving(false);
        }}
        onlyRenderVisibleElements
        minZoom={0.1}
        maxZoom={2}
        fitView
        fitViewOptions={FIT}
        snapToGrid
        snapGrid={[10, 10]}
        connectionRadius={36}
        elevateEdgesOnSelect
        ariaLabelConfig={{ "controls.zoomIn.ariaLabel": t("canvas.zoomIn"), "controls.zoomOut.ariaLabel": t("canvas.zoomOut"), "controls.fitView.ariaLabel": t("canvas.fit") }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} color="var(--flow-dot)" />
        <Controls showInteractive={false} position="bottom-left" />
        {nodes.length < MAP_FROM ? null : <MiniMap<DrawnNode> style={MAP} pannable zoomable nodeColor={colour} nodeBorderRadius={20} ariaLabel={t("canvas.minimap")} position="bottom-right" />}
      </ReactFlow>
      {Object.keys(flow.nodes).length === 0 ? <p className="flow-nothing">{t("canvas.empty")}</p> : null}
    </div>
  );
}

/** A note that has been stuck on has a size of its own. */
export const NEW_NOTE_SIZE: Place = [NOTE_SIZE[0], NOTE_SIZE[1]];

