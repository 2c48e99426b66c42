import type { FlowDocument } from "./document";

/** A step of a walk, as records and tries tell it. */
export interface Step {
  node: string;
  kind: string;
  outlet?: string | null;
  /** The flow; absent where it is that of the step before. */
  flow?: string | null;
  version?: number | null;
}

/** A way through a drawing. */
export interface Path {
  /** The numbers of the steps at each node, from 1. */
  nodes: ReadonlyMap<string, readonly number[]>;
  /** Ways that were taken, by `node.outlet`. */
  ways: ReadonlySet<string>;
  /** The version that was walked; null when that is not known. */
  version: number | null;
  /** The node where it stopped. */
  last: string | null;
}

/** The steps with the flow and version that each is of. */
export function withFlows<T extends Step>(steps: readonly T[]): (T & { flow: string | null; version: number | null })[] {
  let [flow, version]: [string | null, number | null] = [null, null];
  return steps.map((step) => {
    if (typeof step.flow === "string") [flow, version] = [step.flow, step.version ?? null];
    return { ...step, flow, version };
  });
}

/** The part of a walk that lies in this flow. Walks of which nobody noted the flow are taken to be of it. */
export function pathIn(flow: FlowDocument, steps: readonly Step[]): Path {
  const nodes = new Map<string, number[]>();
  const ways = new Set<string>();
  let [version, last]: [number | null, string | null] = [null, null];
  withFlows(steps).forEach((step, index) => {
    const here = step.flow === null ? flow.nodes[step.node]?.kind === step.kind : step.flow === flow.id;
    if (!here) return;
    nodes.set(step.node, [...(nodes.get(step.node) ?? []), index + 1]);
    if (typeof step.outlet === "string") ways.add(`${step.node}.${step.outlet}`);
    version = step.version ?? version;
    last = step.node;
  });
  return { nodes, ways, version, last };
}
