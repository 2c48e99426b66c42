import { ApiError, type EventStreamHandlers, type LiveSnapshot } from "@lingtong/api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FLUSH_MS, LiveStore, MAX_HELD, SNAPSHOT_RETRY_MS } from "../src/live/store";
import { agent, at, call, queue, snapshot, START } from "./builders";

/** A source whose answers and events the test gives by hand. */
class FakeSource {
  answers: (LiveSnapshot | ApiError)[] = [];
  asked = 0;
  cursors: string[] = [];
  closed = 0;
  retried = 0;
  handlers: EventStreamHandlers | null = null;

  snapshot = (): Promise<LiveSnapshot> => {
    this.asked += 1;
    const answer = this.answers.shift() ?? new ApiError("offline", "no answer planned");
    return answer instanceof ApiError ? Promise.reject(answer) : Promise.resolve(answer);
  };

  events = (cursor: string, handlers: EventStreamHandlers): { close: () => void; retryNow: () => void } => {
    this.cursors.push(cursor);
    this.handlers = handlers;
    return {
      close: () => {
        this.closed += 1;
      },
      retryNow: () => {
        this.retried += 1;
      },
    };
  };

  now = (): number => Date.now();

  get stream(): EventStreamHandlers {
    if (this.handlers === null) throw new Error("the stream was not opened");
    return this.handlers;
  }
}

describe("LiveStore", () => {
  let source: FakeSource;
  let store: LiveStore;
  let draws: number;

  const start = async (): Promise<void> => {
    store.start();
    await vi.advanceTimersByTimeAsync(0);
  };

  beforeEach(() => {
    vi.useFakeTimers({ now: START });
    source = new FakeSource();
    store = new LiveStore(source);
    draws = 0;
    store.subscribe(() => {
      draws += 1;
    });
  });

  afterEach(() => {
    store.stop();
    vi.useRealTimers();
  });

  it("draws the snapshot, then events from its cursor in one go per interval", async () => {
    source.answers = [snapshot({ cursor: "77", agents: [agent("a")] })];
    await start();
    expect(store.getView()).toMatchObject({ phase: "live", currentAt: START });
    expect(source.cursors).toEqual(["77"]);
    draws = 0;
    for (let index = 0; index < 100; index += 1) {
      const state = index % 2 === 0 ? "talking" : "wrap_up";
      source.stream.onEvent({ id: String(78 + index), at: at(index), type: "agent.state", agent: agent("a", { state }) });
    }
    await vi.advanceTimersByTimeAsync(FLUSH_MS - 1);
    expect(draws).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(draws).toBe(1);
    expect(store.getView().board?.agents.get("a")?.state).toBe("wrap_up");
    expect(store.getView().board?.cursor).toBe("177");
  });

  it("does not hold back an endless burst", async () => {
    source.answers = [snapshot()];
    await start();
    for (let index = 0; index < MAX_HELD; index += 1) {
      source.stream.onEvent({ id: String(index), at: at(0), type: "interaction.started", interaction: call(`c${String(index)}`) });
    }
    expect(store.getView().board?.interactions.size).toBe(MAX_HELD);
  });

  it("keeps showing what it has while the connection is away, and says when it is back", async () => {
    source.answers = [snapshot({ agents: [agent("a")] })];
    await start();
    source.stream.onEvent({ id: "11", at: at(0), type: "agent.state", agent: agent("a", { state: "talking" }) });
    source.stream.onLost(new ApiError("offline", "gone"));
    expect(store.getView().phase).toBe("stale");
    expect(store.getView().board?.agents.get("a")?.state).toBe("talking");
    source.stream.onOpen();
    expect(store.getView()).toMatchObject({ phase: "live", error: null });
  });

  it("takes a new snapshot when its cursor has expired", async () => {
    source.answers = [snapshot({ cursor: "1", agents: [agent("old")] }), snapshot({ cursor: "900", agents: [agent("new")] })];
    await start();
    source.stream.onRefused(new ApiError("expired", "gone", 410));
    await vi.advanceTimersByTimeAsync(0);
    expect(source.cursors).toEqual(["1", "900"]);
    expect([...(store.getView().board?.agents.keys() ?? [])]).toEqual(["new"]);
    expect(store.getView().phase).toBe("live");
  });

  it("asks again by itself when the first snapshot fails", async () => {
    source.answers = [new ApiError("server", "boom", 500), snapshot()];
    await start();
    expect(store.getView()).toMatchObject({ phase: "failed", board: null, error: { kind: "server" } });
    await vi.advanceTimersByTimeAsync(SNAPSHOT_RETRY_MS);
    expect(store.getView().phase).toBe("live");
  });

  it.each([
    ["forbidden", "forbidden"],
    ["unauthorized", "signed_out"],
  ] as const)("stops asking when the answer is %s", async (kind, phase) => {
    source.answers = [new ApiError(kind, "no")];
    await start();
    await vi.advanceTimersByTimeAsync(SNAPSHOT_RETRY_MS * 10);
    expect(store.getView().phase).toBe(phase);
    expect(source.asked).toBe(1);
  });

  it("keeps what it has when a retry fails", async () => {
    source.answers = [snapshot({ agents: [agent("a")] })];
    await start();
    source.stream.onRefused(new ApiError("expired", "gone", 410));
    await vi.advanceTimersByTimeAsync(0);
    store.retry();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.getView()).toMatchObject({ phase: "stale", error: { kind: "offline" } });
    expect(store.getView().board?.agents.size).toBe(1);
  });

  it("lets the stream retry when it has one, and starts over when it has none", async () => {
    source.answers = [new ApiError("offline", "no"), snapshot()];
    await start();
    store.retry();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.getView().phase).toBe("live");
    store.retry();
    expect(source.retried).toBe(1);
    expect(source.asked).toBe(2);
  });

  it("forgets everything when stopped, and can be started for the next person", async () => {
    source.answers = [snapshot({ cursor: "1" }), snapshot({ cursor: "2" })];
    await start();
    source.stream.onEvent({ id: "9", at: at(0), type: "interaction.started", interaction: call("c") });
    store.stop();
    await vi.advanceTimersByTimeAsync(FLUSH_MS * 2);
    expect(store.getView()).toMatchObject({ phase: "loading", board: null });
    expect(source.closed).toBe(1);
    await start();
    expect(source.cursors).toEqual(["1", "2"]);
  });

  it("remembers how many waited", async () => {
    source.answers = [snapshot({ queues: [queue("sales", { waiting: 2 })] })];
    await start();
    source.stream.onEvent({ id: "11", at: at(0), type: "queue.stats", queue: queue("sales", { waiting: 5 }) });
    await vi.advanceTimersByTimeAsync(FLUSH_MS);
    expect(store.history.of("sales").at(-1)).toBe(5);
  });
});
