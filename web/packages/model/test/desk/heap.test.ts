import { ApiError, type EventStreamHandlers, type LiveEvent } from "@lingtong/api";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, it, vi } from "vitest";
import { DeskWork, HISTORY_ROWS, LiveStore, WRAP_UP_URGENT_MS } from "../../src";
import { agent, at, call, queue, snapshot, START } from "../builders";

const HOUR_MS = 3_600_000;
const HOURS = 8;
const CALL_EVERY_MS = 60_000;
const COLLEAGUES = 100;
/** What a day may leave behind: caches that fill once, and what the collector has not looked at yet. */
const GROWTH_BYTES = 2_000_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heap(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

afterEach(() => {
  vi.useRealTimers();
});

it(`holds no more after ${String(HOURS)} hours of calls than after the first one`, async () => {
  vi.useFakeTimers({ now: START });
  let handlers: EventStreamHandlers | null = null;
  const others = Array.from({ length: COLLEAGUES }, (_, index) => agent(`a${String(index)}`));
  const live = new LiveStore({
    snapshot: () => Promise.resolve(snapshot({ agents: [agent("me"), ...others], queues: [queue("sales")] })),
    events: (_, given) => {
      handlers = given;
      return { close: () => undefined, retryNow: () => undefined };
    },
    now: () => Date.now(),
  });
  let stored: string | null = null;
  const work = new DeskWork({
    interaction: () => Promise.reject(new ApiError("not_found", "no", 404)),
    history: () => Promise.resolve(Array.from({ length: HISTORY_ROWS }, (_, index) => ({ id: String(index) }) as never)),
    card: () => Promise.resolve({ place: { zh: "广东 深圳", en: "Shenzhen" } }),
    dispose: () => Promise.resolve(),
    drafts: {
      load: () => stored,
      save: (text) => {
        stored = text;
      },
    },
  });
  live.subscribe(() => {
    const { board } = live.getView();
    if (board !== null) work.follow(board.agents.get("me"), board.interactions);
  });
  live.start();
  await vi.advanceTimersByTimeAsync(0);

  let events = 0;
  const tell = async (what: object): Promise<void> => {
    events += 1;
    handlers?.onEvent({ id: String(events), at: at(Date.now() - START), ...what } as unknown as LiveEvent);
    await vi.advanceTimersByTimeAsync(200);
  };
  const oneCall = async (number: number): Promise<void> => {
    const id = `i${String(number)}`;
    const since = at(Date.now() - START);
    const moves = ["ringing", "talking", "wrap_up", "ready"] as const;
    await tell({ type: "interaction.started", interaction: call(id, { from: `138${String(10_000_000 + number)}` }) });
    for (const state of moves) {
      const on = state === "ready" ? {} : { interaction_id: id };
      await tell({ type: "agent.state", agent: agent("me", { state, since, ...on }) });
      if (state === "talking") work.write({ code: "solved", note: `note ${String(number)} ${"x".repeat(500)}` });
      if (state === "wrap_up") await tell({ type: "interaction.ended", interaction: call(id) });
      const other = agent(`a${String(number % COLLEAGUES)}`, { since });
      await tell({ type: "agent.state", agent: other });
      await tell({ type: "queue.stats", queue: queue("sales", { answered_today: number }) });
    }
    await vi.advanceTimersByTimeAsync(CALL_EVERY_MS - 14 * 200 + WRAP_UP_URGENT_MS);
  };
  const perHour = Math.floor(HOUR_MS / CALL_EVERY_MS);
  const after: number[] = [];
  for (let hour = 0; hour < HOURS; hour += 1) {
    for (let index = 0; index < perHour; index += 1) await oneCall(hour * perHour + index);
    after.push(heap());
  }
  expect(live.getView().board?.interactions.size).toBe(0);
  const [first = 0, last = 0] = [after[0], after.at(-1)];
  expect(last - first, `bytes after each hour: ${after.join(", ")}`).toBeLessThan(GROWTH_BYTES);
  work.stop();
  live.stop();
}, 60_000);
