import { NODE_WIDTH, type FlowDocument } from "@lingtong/model/flow";
import type { ReactElement } from "react";
import { lookOf } from "./looks";

const HEIGHT = 96;
/** Room around the drawing, in its own pixels. */
const EDGE = 40;

/** A flow in the size of a stamp: where its nodes are and how they hang together. */
export function Sketch({ flow }: { flow: FlowDocument }): ReactElement {
  const nodes = Object.entries(flow.nodes).map(([id, node]) => ({ id, node, x: node.at?.[0] ?? 0, y: node.at?.[1] ?? 0 }));
  const left = Math.min(...nodes.map((one) => one.x)) - EDGE;
  const top = Math.min(...nodes.map((one) => one.y)) - EDGE;
  const width = Math.max(...nodes.map((one) => one.x)) + NODE_WIDTH + EDGE - left;
  const height = Math.max(...nodes.map((one) => one.y)) + HEIGHT + EDGE - top;
  const at = new Map(nodes.map((one) => [one.id, one]));
  return (
    <svg className="flow-sketch" viewBox={`${String(left)} ${String(top)} ${String(width)} ${String(height)}`} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
      {nodes.flatMap((one) =>
        Object.entries(one.node.outlets ?? {}).map(([outlet, target]) => {
          const to = at.get(target);
          if (to === undefined) return null;
          const [x1, y1, x2, y2] = [one.x + NODE_WIDTH, one.y + HEIGHT / 2, to.x, to.y + HEIGHT / 2];
          const bend = Math.max(60, Math.abs(x2 - x1) / 2);
          return <path key={`${one.id}.${outlet}`} d={`M${String(x1)} ${String(y1)}C${String(x1 + bend)} ${String(y1)} ${String(x2 - bend)} ${String(y2)} ${String(x2)} ${String(y2)}`} />;
        }),
      )}
      {nodes.map((one) => (
        <rect key={one.id} x={one.x} y={one.y} width={NODE_WIDTH} height={HEIGHT} rx={18} style={{ fill: `var(--flow-${lookOf(one.node.kind).group})` }} />
      ))}
    </svg>
  );
}
