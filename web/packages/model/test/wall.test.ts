import type { LiveAlert, LiveEvent } from "@lingtong/api";
import { describe, expect, it } from "vitest";
import { alertsByUrgency, withAlertEvent } from "../src/live/alerts";
import { applyEvents, boardFromSnapshot } from "../src/live/board";
import { columnsIn, GRID, layGrid, rowsWithin } from "../src/live/grid";
import { MAX_SAMPLES, WaitingHistory } from "../src/live/history";
import { levelsByQueue, pageAt, ROTATE_MS, screenPages } from "../src/live/screen";
import { agentGrid, NO_TEAM, summarise } from "../src/live/summary";
import { agent, at, call, queue, snapshot, START } from "./builders";

function alert(id: string, change: Partial<LiveAlert> = {}): LiveAlert {
  return {
    id,
    threshold: "t",
    title: { zh: "", en: "" },
    measure: "waiting",
    level: "warning",
    value: 6,
    limit: 5,
    since: at(0),
    ...change,
  };
}

const event = (type: "alert.raised" | "alert.changed" | "alert.cleared", one: LiveAlert): LiveEvent => ({ type, id: "11", at: at(9_000), alert: one });

describe("alerts on the board", () => {
  it("stand from their raising to their end, and remember since when and who looks after them", () => {
    let board = boardFromSnapshot(snapshot({ alerts: [alert("a")] }), START);
    board = applyEvents(board, [
      event("alert.raised", alert("b", { since: at(5_000) })),
      { type: "alert.acknowledged", id: "12", at: at(8_000), alert_id: "b", by: "2001" },
    ]);
    expect(board.alerts.get("b")).toMatchObject({ acknowledged_by: "2001", acknowledged_at: at(8_000) });
    board = applyEvents(board, [event("alert.changed", alert("b", { level: "critical", value: 20, since: at(9_000) }))]);
    // Worse than when it was acknowledged.
    expect(board.alerts.get("b")).toMatchObject({ level: "critical", since: at(5_000) });
    expect(board.alerts.get("b")?.acknowledged_at).toBeUndefined();
    board = applyEvents(board, [event("alert.cleared", alert("b")), event("alert.cleared", alert("a"))]);
    expect(board.alerts.size).toBe(0);
  });

  it("keep their acknowledgement when they become less bad", () => {
    const before = new Map([["a", alert("a", { level: "critical", acknowledged_at: at(1), acknowledged_by: "2001" })]]);
    const after = withAlertEvent(before, { type: "alert.changed", id: "1", at: at(2), alert: alert("a") });
    expect(after.get("a")).toMatchObject({ level: "warning", acknowledged_by: "2001" });
  });

  it("come in the order in which they need somebody", () => {
    const seen = { acknowledged_at: at(9_000), acknowledged_by: "2001" };
    const all = [alert("seen", { level: "critical", ...seen }), alert("old"), alert("new", { since: at(4_000) }), alert("worst", { level: "critical" })];
    expect(alertsByUrgency(all).map((one) => one.id)).toEqual(["worst", "new", "old", "seen"]);
  });
});

describe("figures of now", () => {
  it("are of the last half hour, of agents at work, and of what the node can carry", () => {
    const summary = summarise(
      boardFromSnapshot(
        snapshot({
          agents: [agent("1"), agent("2", { state: "talking" }), agent("3", { state: "wrap_up" }), agent("4", { state: "not_ready" })],
          interactions: [call("c")],
          capacity: { calls: 100, free: 99 },
          queues: [
            queue("a", { ended_recently: 8, in_target_recently: 6, abandoned_recently: 1 }),
            queue("b", { ended_recently: 2, in_target_recently: 2, abandoned_recently: 0 }),
          ],
        }),
        START,
      ),
    );
    expect(summary).toMatchObject({ serviceLevelNow: 0.8, abandonShareNow: 0.1, callsFree: 99 });
    expect(summary.occupancy).toBeCloseTo(2 / 3);
  });

  it("claim nothing where nothing is known", () => {
    const summary = summarise(boardFromSnapshot(snapshot({ queues: [queue("a")] }), START));
    expect([summary.serviceLevelNow, summary.abandonShareNow, summary.occupancy, summary.callsFree]).toEqual([null, null, null, null]);
  });
});

describe("the hour of a queue", () => {
  it("begins with what the server has kept", () => {
    const history = new WaitingHistory();
    const waited = Array.from({ length: 60 }, (_, minute) => (minute === 30 ? 7 : 0));
    history.seed([queue("a", { waited })], START);
    history.record([queue("a", { waiting: 2 })], START);
    const points = history.of("a");
    expect(points).toHaveLength(MAX_SAMPLES);
    expect(points.slice(119, 125)).toEqual([0, 7, 7, 7, 7, 0]);
    expect(points.at(-1)).toBe(2);
  });
});

describe("the grid of agents", () => {
  const groups = [
    { key: "a", agents: Array.from({ length: 10 }, (_, n) => agent(`a${String(n)}`)) },
    { key: "b", agents: Array.from({ length: 5 }, (_, n) => agent(`b${String(n)}`)) },
  ];

  it("lays rows below each other, with a heading for each group", () => {
    const { rows, height } = layGrid(groups, 4);
    expect(rows.map((row) => (row.head === null ? row.agents.length : row.head.key))).toEqual(["a", 4, 4, 2, "b", 4, 1]);
    expect(rows.map((row) => row.first)).toEqual([0, 0, 4, 8, 10, 10, 14]);
    expect(height).toBe(2 * GRID.head + 5 * (GRID.cell + GRID.gap));
  });

  it("draws the rows in sight alone", () => {
    const { rows, height } = layGrid([{ key: "", agents: Array.from({ length: 1000 }, (_, n) => agent(String(n))) }], 10);
    const step = GRID.cell + GRID.gap;
    expect(rowsWithin(rows, 10 * step, 12 * step).map((row) => row.first)).toEqual([100, 110]);
    expect(rowsWithin(rows, -500, 1).map((row) => row.first)).toEqual([0]);
    expect(rowsWithin(rows, height, height + 500)).toEqual([]);
  });

  it("fits as many side by side as there is room for", () => {
    expect([columnsIn(0), columnsIn(146), columnsIn(296), columnsIn(297)]).toEqual([1, 1, 1, 2]);
  });

  it("groups by team, with those in none at the end", () => {
    const teams = [{ id: "t", name: "t", title: { zh: "", en: "" }, agents: ["2"] }];
    const query = { sort: "number", group: "team", states: new Set<never>(), text: "", queueId: "" } as const;
    const found = agentGrid([agent("1"), agent("2")], [], query, teams);
    expect(found.map((group) => [group.key, group.agents.map((one) => one.id)])).toEqual([
      ["t", ["2"]],
      [NO_TEAM, ["1"]],
    ]);
  });
});

describe("the big screen", () => {
  it("shows queues in groups of about the same size, each in its turn, the same on every screen", () => {
    const pages = screenPages(Array.from({ length: 17 }, (_, n) => queue(String(n))));
    expect(pages.map((page) => page.length)).toEqual([6, 6, 5]);
    const shown = [0, 1, 2, 3].map((turn) => pageAt(turn * ROTATE_MS + 1, pages.length));
    expect(shown).toEqual([0, 1, 2, 0]);
    expect([pageAt(START, 0), screenPages([])]).toEqual([0, []]);
  });

  it("marks a queue by the worst of its alerts", () => {
    const of = { id: "sales", name: "sales", title: { zh: "", en: "" } };
    const levels = levelsByQueue([alert("1", { queue: of, level: "critical" }), alert("2", { queue: of }), alert("3")]);
    expect([...levels]).toEqual([["sales", "critical"]]);
  });
});
