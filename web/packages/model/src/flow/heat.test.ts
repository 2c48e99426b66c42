import { expect, test } from "vitest";
import { heatOn } from "./heat";

type Told = Parameters<typeof heatOn>[0]["nodes"][number];

test("nodes are graded by the share of callers who hang up, and ways by the busiest", () => {
  const node = (name: string, left: number): Told => ({ node: name, visits: 100, left, median_ms: 1_000 });
  const map = heatOn({
    nodes: [node("a", 0), node("b", 2), node("c", 9), node("d", 60)],
    ways: [
      { node: "a", outlet: "done", calls: 80 },
      { node: "b", outlet: "1", calls: 20 },
    ],
  });
  expect([...map.nodes.values()].map((heat) => heat.grade)).toEqual([0, 1, 1, 4]);
  expect(map.ways.get("b.1")).toEqual({ calls: 20, share: 0.25 });
});
