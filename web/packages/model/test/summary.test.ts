import { describe, expect, it } from "vitest";
import { boardFromSnapshot } from "../src/live/board";
import { agentGrid, callsByUrgency, summarise, type AgentGridQuery } from "../src/live/summary";
import { agent, at, call, queue, snapshot, START } from "./builders";

describe("summarise", () => {
  it("weighs service levels with what each queue was offered", () => {
    const summary = summarise(
      boardFromSnapshot(
        snapshot({
          agents: [agent("1"), agent("2", { state: "talking" }), agent("3", { state: "offline" })],
          interactions: [call("c")],
          queues: [
            queue("a", { waiting: 2, longest_wait_since: at(5_000), service_level: 0.9, offered_today: 90, answered_today: 80, abandoned_today: 10 }),
            queue("b", { waiting: 1, longest_wait_since: at(2_000), service_level: 0.5, offered_today: 10, answered_today: 8, abandoned_today: 2 }),
            queue("c", { service_level: null }),
          ],
        }),
        START,
      ),
    );
    expect(summary).toMatchObject({ waiting: 3, longestWaitSince: at(2_000), callsNow: 1, signedIn: 2, answeredToday: 88 });
    expect(summary.serviceLevel).toBeCloseTo(0.86);
    expect(summary.abandonShare).toBeCloseTo(0.12);
    expect(summary.agentsByState).toMatchObject({ ready: 1, talking: 1, offline: 1 });
  });

  it("claims no share before the first call", () => {
    const summary = summarise(boardFromSnapshot(snapshot({ queues: [queue("a")] }), START));
    expect([summary.serviceLevel, summary.abandonShare, summary.longestWaitSince]).toEqual([null, null, null]);
  });
});

describe("callsByUrgency", () => {
  it("puts who waits longest first, counted from the call's start and not from a re-queue", () => {
    const calls = [
      call("talking", { state: "talking", state_since: at(0) }),
      call("late", { started_at: at(9_000), state_since: at(9_000) }),
      call("requeued", { started_at: at(1_000), state_since: at(20_000) }),
      call("ringing", { state: "ringing", state_since: at(3_000) }),
      call("menu", { state: "menu" }),
    ];
    expect(callsByUrgency(calls).map((one) => one.id)).toEqual(["requeued", "late", "ringing", "talking", "menu"]);
  });
});

describe("agentGrid", () => {
  const agents = [
    agent("1010", { state: "ready", since: at(3_000) }),
    agent("999", { state: "talking", since: at(2_000), queues: ["sales", "vip"] }),
    agent("1001", { state: "not_ready", since: at(1_000), name: "Li Na" }),
    agent("1002", { state: "offline" }),
  ];
  const queues = [{ id: "vip" }, { id: "sales" }];
  const all: AgentGridQuery = { sort: "number", group: "none", states: new Set(), text: "", queueId: "" };
  const shown = (change: Partial<AgentGridQuery>): [string, string[]][] =>
    agentGrid(agents, queues, { ...all, ...change }).map((group) => [group.key, group.agents.map((one) => one.id)]);

  it.each<[string, Partial<AgentGridQuery>, [string, string[]][]]>([
    ["numbers as numbers, without the offline", {}, [["", ["999", "1001", "1010"]]]],
    ["by state", { sort: "state" }, [["", ["999", "1010", "1001"]]]],
    ["longest in its state first", { sort: "longest" }, [["", ["1001", "999", "1010"]]]],
    ["offline only when asked for", { states: new Set(["offline"]) }, [["", ["1002"]]]],
    ["part of a name in any case", { text: " li " }, [["", ["1001"]]]],
    ["part of a number", { text: "101" }, [["", ["1010"]]]],
    ["one queue", { queueId: "vip" }, [["", ["999"]]]],
    ["grouped by queue, in each of one's queues", { group: "queue" }, [["vip", ["999"]], ["sales", ["999", "1001", "1010"]]]],
    ["grouped by state, without empty groups", { group: "state" }, [["talking", ["999"]], ["ready", ["1010"]], ["not_ready", ["1001"]]]],
    ["nothing", { text: "zzz" }, []],
  ])("shows %s", (_name, change, expected) => {
    expect(shown(change)).toEqual(expected);
  });
});
