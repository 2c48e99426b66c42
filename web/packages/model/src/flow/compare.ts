import { sameSpec } from "../spec";
import { without, type FlowDocument, type FlowNode } from "./document";

export type Difference = "added" | "removed" | "changed" | "same";

export interface FlowDifference {
  /** Of every node of either. */
  nodes: ReadonlyMap<string, Difference>;
  /** Fields of a changed node that differ, `outlets.1` among them. */
  fields: ReadonlyMap<string, readonly string[]>;
  /** Ways by `node.outlet`. */
  ways: ReadonlyMap<string, Difference>;
  /** Both in one drawing: what was removed stands where it stood. */
  both: FlowDocument;
  count: Readonly<Record<Exclude<Difference, "same">, number>>;
}

/** What a node does, without where it is drawn. */
function meaning(node: FlowNode): Record<string, unknown> {
  return without(node, "at");
}

function differing(was: FlowNode, is: FlowNode): string[] {
  const [before, after] = [meaning(was), meaning(is)];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => field !== "outlets");
  const outlets = [...new Set([...Object.keys(was.outlets ?? {}), ...Object.keys(is.outlets ?? {})])];
  return [
    ...fields.filter((field) => !sameSpec(before[field], after[field])),
    ...outlets.filter((name) => was.outlets?.[name] !== is.outlets?.[name]).map((name) => `outlets.${name}`),
  ];
}

/** What has become of `was` in `is`; where nodes are drawn does not count. */
export function compareFlows(was: FlowDocument, is: FlowDocument): FlowDifference {
  const nodes = new Map<string, Difference>();
  const fields = new Map<string, readonly string[]>();
  const ways = new Map<string, Difference>();
  const drawn: Record<string, FlowNode> = {};
  for (const id of new Set([...Object.keys(was.nodes), ...Object.keys(is.nodes)])) {
    const [before, after] = [was.nodes[id], is.nodes[id]];
    const differ = before === undefined || after === undefined ? [] : differing(before, after);
    nodes.set(id, before === undefined ? "added" : after === undefined ? "removed" : differ.length > 0 ? "changed" : "same");
    if (differ.length > 0) fields.set(id, differ);
    const shown = after ?? before;
    if (shown === undefined) continue;
    const outlets = { ...before?.outlets, ...after?.outlets };
    drawn[id] = { ...shown, outlets };
    for (const [outlet, target] of Object.entries(outlets)) {
      const [old, now] = [before?.outlets?.[outlet], after?.outlets?.[outlet]];
      ways.set(`${id}.${outlet}`, old === now ? "same" : old === undefined ? "added" : now === undefined ? "removed" : target === now ? "changed" : "same");
    }
  }
  const count = { added: 0, removed: 0, changed: 0 };
  for (const difference of nodes.values()) if (difference !== "same") count[difference] += 1;
  return { nodes, fields, ways, both: { ...is, nodes: drawn }, count };
}
