import type { LiveEvent, SupervisionMode } from "@lingtong/api";
import { describe, expect, it } from "vitest";
import { applyEvents, boardFromSnapshot, MAX_ALARMS } from "../src/live/board";
import { agent, at, call, queue, snapshot, START } from "./builders";

const board = boardFromSnapshot(
  snapshot({ agents: [agent("a1"), agent("a2")], interactions: [call("c1")], queues: [queue("sales", { waiting: 1 })] }),
  START - 5_000,
);

function alarm(event: string, id: string, cleared?: string): LiveEvent {
  const found = { id, code: "x", severity: "warning" as const, message: `alarm ${id}`, since: at(0) };
  return { id: event, at: at(0), type: "alarm", alarm: cleared === undefined ? found : { ...found, cleared_at: cleared } };
}

describe("the live board", () => {
  it("keeps the difference to the server's clock", () => {
    expect(board.clockOffsetMs).toBe(5_000);
  });

  it("follows a call from its start to its end", () => {
    const ringing = agent("a1", { state: "ringing", interaction_id: "c2" });
    const after = applyEvents(board, [
      { id: "11", at: at(1), type: "interaction.started", interaction: call("c2", { state: "menu" }) },
      { id: "12", at: at(2), type: "interaction.state", interaction: call("c2", { state: "ringing", agent_id: "a1" }) },
      { id: "13", at: at(2), type: "agent.state", agent: ringing },
    ]);
    expect(after.cursor).toBe("13");
    expect(after.interactions.get("c2")?.state).toBe("ringing");
    expect(after.agents.get("a1")).toBe(ringing);
    const ended = applyEvents(after, [{ id: "14", at: at(3), type: "interaction.ended", interaction: call("c2") }]);
    expect([...ended.interactions.keys()]).toEqual(["c1"]);
    expect(ended.endedCount).toBe(1);
  });

  it("leaves what did not change the same, so that nothing of it is drawn again", () => {
    const after = applyEvents(board, [{ id: "11", at: at(1), type: "agent.state", agent: agent("a2", { state: "talking" }) }]);
    expect(after.interactions).toBe(board.interactions);
    expect(after.queues).toBe(board.queues);
    expect(after.agents.get("a1")).toBe(board.agents.get("a1"));
    expect(board.agents.get("a2")?.state).toBe("ready");
    expect(applyEvents(board, [])).toBe(board);
  });

  it("knows who listens to a call until that one leaves or the call ends", () => {
    const supervised = (id: string, by: string, mode: SupervisionMode): LiveEvent => ({
      id,
      at: at(0),
      type: "interaction.supervised",
      interaction_id: "c1",
      by_agent_id: by,
      agent_id: "a1",
      mode,
    });
    const after = applyEvents(board, [supervised("11", "s1", "listen"), supervised("12", "s2", "barge"), supervised("13", "s1", "whisper")]);
    expect([...(after.supervision.get("c1") ?? [])]).toEqual([
      ["s1", "whisper"],
      ["s2", "barge"],
    ]);
    expect(applyEvents(after, [supervised("14", "s1", "stop")]).supervision.get("c1")?.has("s1")).toBe(false);
    const ended = applyEvents(after, [{ id: "14", at: at(3), type: "interaction.ended", interaction: call("c1") }]);
    expect(ended.supervision.size).toBe(0);
  });

  it("knows from the snapshot who listens, so that a page that is loaded anew does", () => {
    const watched = call("c1", { supervisors: [{ agent_id: "s1", mode: "whisper" }] });
    const anew = boardFromSnapshot(snapshot({ interactions: [watched, call("c2")] }), START);
    expect(anew.supervision.get("c1")?.get("s1")).toBe("whisper");
    expect(anew.supervision.has("c2")).toBe(false);
    expect(boardFromSnapshot(snapshot({ interactions: [call("c1")] }), START, anew).supervision.size).toBe(0);
    const moved = applyEvents(anew, [{ id: "11", at: at(1), type: "interaction.state", interaction: call("c1", { state: "held" }) }]);
    expect(moved.supervision.get("c1")?.get("s1")).toBe("whisper");
  });

  it("shows an alarm once, its latest state on top, and keeps a bounded number", () => {
    const twice = applyEvents(board, [alarm("11", "x"), alarm("12", "y"), alarm("13", "x", at(9))]);
    expect(twice.alarms.map((one) => [one.id, one.cleared_at])).toEqual([
      ["x", at(9)],
      ["y", undefined],
    ]);
    const many = applyEvents(
      board,
      Array.from({ length: MAX_ALARMS + 20 }, (_, index) => alarm(String(20 + index), `n${String(index)}`)),
    );
    expect(many.alarms).toHaveLength(MAX_ALARMS);
    expect(many.alarms[0]?.id).toBe(`n${String(MAX_ALARMS + 19)}`);
  });

  it("keeps alarms and the count of ended calls over a new snapshot", () => {
    const before = applyEvents(board, [
      alarm("11", "x"),
      { id: "12", at: at(1), type: "interaction.ended", interaction: call("c1") },
    ]);
    const after = boardFromSnapshot(snapshot({ cursor: "90" }), START, before);
    expect([after.cursor, after.alarms.length, after.endedCount]).toEqual(["90", 1, 1]);
  });
});
