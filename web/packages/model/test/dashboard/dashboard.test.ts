import type { NowFigure, Tile } from "@lingtong/api";
import { describe, expect, it } from "vitest";
import { changed, moved, nowValue, queuesNamed, resized, rowsOf, TEMPLATES, TILE_KINDS, tilesOf, usualTile, without } from "../../src/dashboard";
import { boardFromSnapshot } from "../../src/live/board";
import { chosenColumns, reportFromSearch, reportToSearch } from "../../src/report";
import { agent, at, queue, snapshot, START } from "../builders";

const tiles: readonly Tile[] = (["now", "agents", "note"] as const).map(usualTile);
const kinds = (some: readonly Tile[]): string[] => some.map((tile) => tile.shows.kind);

describe("the tiles of a dashboard", () => {
  it("are moved to a place, and no further than the ends", () => {
    expect(kinds(moved(tiles, 0, 1))).toEqual(["agents", "now", "note"]);
    expect(kinds(moved(tiles, 2, 0))).toEqual(["note", "now", "agents"]);
    expect(kinds(moved(tiles, 0, 9))).toEqual(["agents", "note", "now"]);
    expect(moved(tiles, 0, -1)).toBe(tiles);
    expect(moved(tiles, 7, 0)).toBe(tiles);
  });

  it("are sized as far as the server takes", () => {
    expect(resized(tiles, 0, 1, 1)[0]).toMatchObject({ width: 4, height: 2 });
    expect(resized(tiles, 0, -99, 99)[0]).toMatchObject({ width: 2, height: 6 });
    expect(resized(changed(tiles, 0, { width: 2 }), 0, -1, 0)).toMatchObject([{ width: 2 }, {}, {}]);
  });

  it("are taken out by their place", () => {
    expect(kinds(without(tiles, 1))).toEqual(["now", "note"]);
  });
});

describe("rows of a dashboard", () => {
  const size = (width: number, height: number): Pick<Tile, "width" | "height"> => ({ width, height });

  it.each([
    ["none", [], 0],
    ["one line", [size(3, 1), size(9, 1)], 1],
    ["what does not fit goes on below", [size(8, 2), size(6, 1)], 3],
    ["beside a high one there is room for several", [size(6, 3), size(6, 1), size(6, 1), size(6, 1)], 3],
    ["a high one does not lie over another", [size(4, 1), size(4, 3), size(4, 1), size(12, 1)], 4],
  ])("%s", (_name, some, rows) => {
    expect(rowsOf(some)).toBe(rows);
  });
});

describe("what a dashboard begins with", () => {
  it("is something that a report knows", () => {
    const all = [...TILE_KINDS.map(usualTile), ...TEMPLATES.flatMap(tilesOf)];
    for (const { shows } of all) {
      if (shows.kind !== "report") continue;
      const search = Object.fromEntries(new URLSearchParams(shows.query));
      const draft = reportFromSearch(search);
      expect(Object.keys(reportToSearch(draft)).sort()).toEqual(Object.keys(search).filter((key) => search[key] !== "queue").sort());
      expect(chosenColumns(draft.by, [shows.column]).map((column) => column.id)).toEqual([shows.column]);
    }
  });

  it("is a page of tiles of a size that the server takes", () => {
    for (const { width, height } of TEMPLATES.flatMap(tilesOf)) {
      expect(width).toBeGreaterThanOrEqual(2);
      expect(width).toBeLessThanOrEqual(12);
      expect(height).toBeLessThanOrEqual(6);
    }
  });
});

describe("a figure of this moment", () => {
  const board = boardFromSnapshot(
    snapshot({
      agents: [agent("1", { queues: ["a", "b"] }), agent("2", { queues: ["b"], state: "talking" }), agent("3", { queues: ["c"] })],
      queues: [
        queue("a", { waiting: 2, longest_wait_since: at(9_000), answered_today: 5, ended_recently: 4, in_target_recently: 3, abandoned_recently: 1 }),
        queue("b", { waiting: 1, longest_wait_since: at(2_000), answered_today: 7 }),
        queue("c"),
      ],
    }),
    START,
  );

  it.each<[NowFigure, string[], unknown]>([
    ["waiting", [], 3],
    ["waiting", ["a"], 2],
    ["longest_wait", ["a", "b"], at(2_000)],
    ["longest_wait", ["c"], null],
    ["service_level", ["a"], 0.75],
    ["service_level", ["b"], null],
    ["abandon_rate", [], 0.25],
    ["answered_today", ["b", "c"], 7],
    ["ready_agents", [], 2],
    ["ready_agents", ["a", "b"], 1],
    ["talking_agents", ["b"], 1],
    ["waiting", ["removed"], 0],
  ])("%s of %j is %j", (figure, queues, value) => {
    expect(nowValue(board, figure, queues).value).toBe(value);
  });

  it("leaves out a queue that was removed", () => {
    expect(queuesNamed(board, ["b", "removed"]).map((one) => one.id)).toEqual(["b"]);
  });
});
