import { connect, outletFor, type FlowDocument, type Place } from "@lingtong/model/flow";
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  useReactFlow,
  useStore,
  type Connection,
  type Edge,
  type EdgeChange,
  type NodeChange,
  type ReactFlowState,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent, type ReactElement } from "react";
import { edgesOf, mergeEdges, mergeNodes, nodesOf, noteIndex, type DrawnNode, type DrawnOf } from "./drawn";
import { FarWays } from "./FarWays";
import { NodeCard } from "./NodeCard";
import { NoteCard, NOTE_SIZE } from "./NoteCard";
import { DRAG_TYPE } from "./Palette";
import { lookOf } from "./looks";
import { useFlowWords } from "./words";

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

interface CanvasProps extends DrawnOf {
  writable: boolean;
  wish: Wish | null;
  select: (selection: Selection) => void;
  change: (flow: FlowDocument, about?: string) => void;
  move: (nodes: ReadonlyMap<string, Place>, notes: ReadonlyMap<number, Place>) => void;
  drop: (kind: string, at: Place) => void;
}

const NODE_TYPES = { card: NodeCard, note: NoteCard };
const MAP = { width: 168, height: 112 };
/** From so many nodes on a map helps; before, it only lies over the drawing. */
const MAP_FROM = 40;
/** From so many nodes, drawn smaller than that, ways and words are drawn in a plainer way: nobody can read or grab them there. */
const FAR_FROM = 80;
const FAR = 0.4;
const isFar = (state: ReactFlowState): boolean => state.transform[2] < FAR;
/* What the canvas is given must stay the same object: with each that does not, everything on it is asked anew as a node is dragged. */
const GRID: [number, number] = [10, 10];
const SELECTING = ["Shift", "Control", "Meta"];
const FIT = { padding: 0.12, maxZoom: 1, minZoom: 0.2 } as const;

/** The drawing itself. What it holds comes from the flow; only what is being dragged is its own. */
export function Canvas(props: CanvasProps): ReactElement {
  const { flow, forms, writable, select, change, move, drop, wish } = props;
  const { t } = useFlowWords();
  const { screenToFlowPosition, fitView } = useReactFlow();
  const { bank, problems, path, difference, heat, found } = props;
  const drawn = useMemo(() => nodesOf({ flow, forms, bank, problems, path, difference, heat, found }), [flow, forms, bank, problems, path, difference, heat, found]);
  const [nodes, setNodes] = useState<DrawnNode[]>(drawn);
  const leads = useMemo(() => edgesOf({ flow, forms, bank, problems, path, difference, heat, found }), [flow, forms, bank, problems, path, difference, heat, found]);
  const [ways, setWays] = useState<Edge[]>(leads);
  const [edge, setEdge] = useState<string | null>(null);
  const [moving, setMoving] = useState(false);
  const far = useStore(isFar) && nodes.length >= FAR_FROM;
  const taken = useRef<number | null>(null);

  useEffect(() => {
    // What is wanted may come with the drawing, or a moment before it.
    const fresh = wish !== null && wish.turn !== taken.current && (wish.ids.length === 0 || drawn.some((node) => wish.ids.includes(node.id)));
    const wanted = fresh ? new Set(wish.ids) : null;
    if (fresh) taken.current = wish.turn;
    setNodes((before) => mergeNodes(before, drawn, wanted));
    if (fresh) setEdge(null);
  }, [drawn, wish]);
  useEffect(() => {
    setWays((before) => mergeEdges(before, leads));
  }, [leads]);
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
  const onNodeDragStop = useCallback(
    (_event: unknown, _node: DrawnNode, moved: DrawnNode[]) => {
      settle(moved);
    },
    [settle],
  );
  const onMoveStart = useCallback(() => {
    setMoving(true);
  }, []);
  const onMoveEnd = useCallback(() => {
    setMoving(false);
  }, []);
  const choose = useCallback((id: string) => {
    setEdge(id);
    setNodes((before) => before.map((node) => (node.selected === true ? { ...node, selected: false } : node)));
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
  const labels = useMemo(() => ({ "controls.zoomIn.ariaLabel": t("canvas.zoomIn"), "controls.zoomOut.ariaLabel": t("canvas.zoomOut"), "controls.fitView.ariaLabel": t("canvas.fit") }), [t]);
  const shownWays = useMemo(() => {
    // From afar only the selected way has ends to take hold of.
    const full = far ? ways.filter((way) => way.id === edge) : ways;
    return edge === null ? full : full.map((way) => (way.id === edge ? { ...way, selected: true } : way));
  }, [ways, edge, far]);
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
        onNodeDragStop={onNodeDragStop}
        onConnect={onConnect}
        onReconnect={onReconnect}
        nodesDraggable={writable}
        nodesConnectable={writable}
        edgesReconnectable={writable}
        deleteKeyCode={null}
        multiSelectionKeyCode={SELECTING}
        selectionKeyCode="Shift"
        onMoveStart={onMoveStart}
        onMoveEnd={onMoveEnd}
        onlyRenderVisibleElements
        minZoom={0.1}
        maxZoom={2}
        fitView
        fitViewOptions={FIT}
        snapToGrid
        snapGrid={GRID}
        connectionRadius={36}
        elevateEdgesOnSelect
        ariaLabelConfig={labels}
      >
        {far ? <FarWays ways={ways} chosen={edge} choose={choose} /> : null}
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

