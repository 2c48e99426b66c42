import { describe, expect, it } from "vitest";
import { MAX_SAMPLES, SAMPLE_MS, sparkPath, WaitingHistory } from "../src/live/history";
import { queue, START } from "./builders";

const SLOT = Math.ceil(START / SAMPLE_MS) * SAMPLE_MS;

describe("WaitingHistory", () => {
  it("keeps a short peak within a slot, and lets a figure stand until the next", () => {
    const history = new WaitingHistory();
    history.record([queue("q", { waiting: 1 })], SLOT);
    history.record([queue("q", { waiting: 6 })], SLOT + 10);
    history.record([queue("q", { waiting: 2 })], SLOT + 20);
    expect(history.of("q")).toEqual([6]);
    history.record([queue("q", { waiting: 3 })], SLOT + 3 * SAMPLE_MS);
    expect(history.of("q")).toEqual([6, 6, 6, 3]);
  });

  it("holds one hour, however long the page was away", () => {
    const history = new WaitingHistory();
    history.record([queue("q", { waiting: 1 })], SLOT);
    history.record([queue("q", { waiting: 4 })], SLOT + 100 * MAX_SAMPLES * SAMPLE_MS);
    expect(history.of("q")).toHaveLength(MAX_SAMPLES);
    expect(history.of("q").at(-1)).toBe(4);
    expect(history.of("unknown")).toEqual([]);
  });
});

describe("sparkPath", () => {
  it.each([
    ["nothing", [], ""],
    ["one level", [3], "M0.0 0.0L100.0 0.0"],
    ["zeros at the bottom", [0, 0], "M0.0 20.0L100.0 20.0"],
    ["a peak at the top", [0, 4, 2], "M0.0 20.0L50.0 0.0L100.0 10.0"],
  ])("draws %s", (_name, points, path) => {
    expect(sparkPath(points, 100, 20)).toBe(path);
  });
});
