/** What is known of real calls at a node. */
export interface NodeHeat {
  visits: number;
  /** Callers who hung up there. */
  left: number;
  median_ms: number;
  /** How bad it is, 0 to 4: the share of those who came and hung up. */
  grade: number;
}

/** What is known of real calls on a way. */
export interface WayHeat {
  calls: number;
  /** Compared to the busiest way of the flow, 0 to 1. */
  share: number;
}

/** Real calls on a drawing: nodes by id, ways as `node.outlet`. */
export interface HeatMap {
  nodes: ReadonlyMap<string, NodeHeat>;
  ways: ReadonlyMap<string, WayHeat>;
}

interface Told {
  nodes: readonly { node: string; visits: number; left: number; median_ms: number }[];
  ways: readonly { node: string; outlet: string; calls: number }[];
}

/** From these shares of callers who hang up on, a node is of grade 1, 2, 3 and 4. */
const GRADES = [0.02, 0.1, 0.25, 0.5];

/** How figures look on the drawing. */
export function heatOn({ nodes, ways }: Told): HeatMap {
  const most = Math.max(1, ...ways.map((way) => way.calls));
  return {
    nodes: new Map(nodes.map(({ node, visits, left, median_ms }) => [node, { visits, left, median_ms, grade: GRADES.filter((from) => left >= from * visits).length }])),
    ways: new Map(ways.map(({ node, outlet, calls }) => [`${node}.${outlet}`, { calls, share: calls / most }])),
  };
}
