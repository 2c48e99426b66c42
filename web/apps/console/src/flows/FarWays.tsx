import { getBezierPath, Position, useInternalNode, ViewportPortal, type Edge, type InternalNode } from "@xyflow/react";
import { memo, type KeyboardEvent, type ReactElement } from "react";

interface FarWaysProps {
  ways: readonly Edge[];
  /** The way that the canvas draws itself, with ends to take hold of. */
  chosen: string | null;
  choose: (id: string) => void;
}

/**
 * The ways of a large drawing seen from afar, all in one picture and each as one line. The canvas's own ways are a picture
 * each, and the browser puts hundreds of those together anew in every frame.
 */
export function FarWays({ ways, chosen, choose }: FarWaysProps): ReactElement {
  return (
    <ViewportPortal>
      <svg className="flow-far">
        {ways.map((way) => (way.id === chosen ? null : <FarWay key={way.id} way={way} choose={choose} />))}
      </svg>
    </ViewportPortal>
  );
}

type End = { x: number; y: number } | null;

/** Where a way leaves a node, or comes to it; null while the node has not been measured. */
function endOf(node: InternalNode | undefined, side: "source" | "target", handle: string | null | undefined): End {
  const found = node?.internals.handleBounds?.[side]?.find((one) => one.id === handle);
  if (node === undefined || found === undefined) return null;
  const { x, y } = node.internals.positionAbsolute;
  return { x: x + found.x + (side === "source" ? found.width : 0), y: y + found.y + found.height / 2 };
}

const FarWay = memo(function FarWay({ way, choose }: { way: Edge; choose: (id: string) => void }): ReactElement | null {
  const from = endOf(useInternalNode(way.source), "source", way.sourceHandle);
  const to = endOf(useInternalNode(way.target), "target", way.targetHandle);
  if (from === null || to === null) return null;
  const [path] = getBezierPath({ sourceX: from.x, sourceY: from.y, sourcePosition: Position.Right, targetX: to.x, targetY: to.y, targetPosition: Position.Left });
  const byKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(way.id);
  };
  return (
    <g
      className={`react-flow__edge ${way.className ?? ""}`}
      data-id={way.id}
      role="group"
      tabIndex={0}
      aria-label={`${way.source} → ${way.target}`}
      onKeyDown={byKey}
      onClick={() => {
        choose(way.id);
      }}
    >
      <path className="react-flow__edge-path" d={path} style={way.style} />
      <path className="flow-far-grip" d={path} />
    </g>
  );
});
