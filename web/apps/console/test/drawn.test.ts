import { moveNodes, type FlowDocument } from "@lingtong/model/flow";
import { expect, test } from "vitest";
import { edgesOf, mergeEdges, mergeNodes, nodesOf, type DrawnOf } from "../src/flows/drawn";

const COUNT = 300;
const name = (n: number): string => `n${String(n)}`;
const FLOW: FlowDocument = {
  version: 1,
  id: "large",
  name: "Large",
  language: "zh",
  start: name(0),
  nodes: Object.fromEntries(Array.from({ length: COUNT }, (_, n) => [name(n), { kind: "play", prompt: "comfort", at: [n * 10, 0], outlets: { done: name((n + 1) % COUNT) } }])),
};
const PLAIN: Omit<DrawnOf, "flow"> = { forms: new Map(), bank: new Map() as unknown as DrawnOf["bank"], problems: new Map(), path: null, difference: null, heat: null, found: new Set() };
const shown = (flow: FlowDocument, more: Partial<DrawnOf> = {}): DrawnOf => ({ ...PLAIN, flow, ...more });
const others = <T,>(before: readonly T[], after: readonly T[]): T[] => after.filter((one, index) => one !== before[index]);

test("a node that was put elsewhere is the only one that is another object, and no way is", () => {
  const first = shown(FLOW);
  const cards = mergeNodes([], nodesOf(first), null);
  const ways = mergeEdges([], edgesOf(first));
  const moved = { ...first, flow: moveNodes(FLOW, new Map([["n7", [500, 400]]])) };
  const after = mergeNodes(cards, nodesOf(moved), null);
  expect(others(cards, after).map((node) => [node.id, node.position])).toEqual([["n7", { x: 500, y: 400 }]]);
  expect(ways).toHaveLength(COUNT);
  expect(mergeEdges(ways, edgesOf(moved))).toBe(ways);
});

test("undoing a move brings the node back", () => {
  const moved = nodesOf(shown(moveNodes(FLOW, new Map([["n7", [500, 400]]]))));
  const after = mergeNodes(mergeNodes([], moved, null), nodesOf(shown(FLOW)), null);
  expect(after[7]?.position).toEqual({ x: 70, y: 0 });
});

test("selecting and marking touch those nodes alone, and a size once measured is kept", () => {
  const cards = mergeNodes([], nodesOf(shown(FLOW)), null).map((node) => ({ ...node, measured: { width: 220, height: 90 } }));
  const selected = mergeNodes(cards, nodesOf(shown(FLOW)), new Set(["n3"]));
  expect(others(cards, selected).map((node) => [node.id, node.selected, node.measured?.height])).toEqual([["n3", true, 90]]);
  const wrong = mergeNodes(selected, nodesOf(shown(FLOW, { problems: new Map([["n9", 2]]) })), null);
  expect(others(selected, wrong).map((node) => node.id)).toEqual(["n9"]);
  expect(wrong[3]?.selected).toBe(true);
});

test("a way that leads elsewhere, or is counted, is another object", () => {
  const ways = mergeEdges([], edgesOf(shown(FLOW)));
  const heat = { nodes: new Map(), ways: new Map() } as unknown as NonNullable<DrawnOf["heat"]>;
  expect(others(ways, mergeEdges(ways, edgesOf(shown(FLOW, { heat }))))).toHaveLength(COUNT);
  const turned = { ...FLOW, nodes: { ...FLOW.nodes, n5: { ...FLOW.nodes["n5"], outlets: { done: "n9" } } } } as FlowDocument;
  expect(others(ways, mergeEdges(ways, edgesOf(shown(turned)))).map((way) => [way.id, way.target])).toEqual([["n5.done", "n9"]]);
});
