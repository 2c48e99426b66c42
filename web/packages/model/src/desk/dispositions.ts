import type { DispositionChoice } from "@lingtong/api";

/** A disposition with finer ones below it. */
export interface DispositionNode extends DispositionChoice {
  children: DispositionNode[];
}

/** The tree that a list of dispositions stands for: `complaint.delivery` is a finer `complaint`. */
export function dispositionTree(choices: readonly DispositionChoice[]): DispositionNode[] {
  const nodes = new Map(choices.map((choice): [string, DispositionNode] => [choice.code, { ...choice, children: [] }]));
  const top: DispositionNode[] = [];
  for (const node of nodes.values()) {
    const above = node.code.slice(0, Math.max(0, node.code.lastIndexOf(".")));
    (nodes.get(above)?.children ?? top).push(node);
  }
  return top;
}

/** The nodes from the top to this code; empty where the tree has no such code. */
export function pathTo(tree: readonly DispositionNode[], code: string): DispositionNode[] {
  for (const one of tree) {
    if (one.code === code) return [one];
    const below = pathTo(one.children, code);
    if (below.length > 0) return [one, ...below];
  }
  return [];
}
