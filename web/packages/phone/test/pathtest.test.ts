import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../src/clock";
import { ANSWER_MS, HEAR_MS, PathTest, type Probe } from "../src/pathtest";
import type { SessionHandlers, SipSession } from "../src/ports";

class Bench {
  handlers: SessionHandlers | null = null;
  hungUp = 0;
  closed = 0;
  tone = false;
  reachable = true;
  listened: MediaStream | null = null;
  readonly test = new PathTest({
    clock: systemClock,
    open: (): Probe => ({
      stream: {} as MediaStream,
      listen: (stream) => {
        this.listened = stream;
      },
      heard: () => this.tone,
      close: () => {
        this.closed += 1;
      },
    }),
    call: () => (this.reachable ? this.session : null),
  });

  private readonly session = {
    bind: (handlers: SessionHandlers) => {
      this.handlers = handlers;
    },
    hangUp: () => {
      this.hungUp += 1;
    },
    stats: () =>
      Promise.resolve([
        { type: "inbound-rtp", kind: "audio", packetsReceived: 50 },
        { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.021 },
      ]),
  } as unknown as SipSession;
}

let bench: Bench;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  bench = new Bench();
});

afterEach(() => {
  vi.useRealTimers();
});

const answer = (): void => {
  bench.handlers?.onAccepted();
  bench.handlers?.onSound({} as MediaStream);
};

describe("trying the path through the server", () => {
  it("is good when the page's own tone comes back", async () => {
    bench.test.start();
    await vi.advanceTimersByTimeAsync(300);
    answer();
    expect(bench.listened).not.toBeNull();
    bench.tone = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(bench.test.getView()).toEqual({ state: "good", rttMs: 21 });
    expect([bench.hungUp, bench.closed]).toEqual([1, 1]);
  });

  it("tells a server that does not answer from media that do not come through", async () => {
    bench.test.start();
    await vi.advanceTimersByTimeAsync(ANSWER_MS + 500);
    expect(bench.test.getView().state).toBe("unanswered");
    bench.test.start();
    answer();
    await vi.advanceTimersByTimeAsync(HEAR_MS + 500);
    expect(bench.test.getView().state).toBe("silent");
    expect([bench.hungUp, bench.closed]).toEqual([2, 2]);
  });

  it("is refused where the phone is not signed in or the server ends the call", () => {
    bench.reachable = false;
    bench.test.start();
    expect(bench.test.getView().state).toBe("refused");
    expect(bench.closed).toBe(1);
    bench.reachable = true;
    bench.test.start();
    bench.handlers?.onEnded({ by: "remote", cause: "not_found" });
    expect(bench.test.getView().state).toBe("refused");
    expect(bench.closed).toBe(2);
  });

  it("takes no click for a tone, and can be given up", async () => {
    bench.test.start();
    answer();
    bench.tone = true;
    await vi.advanceTimersByTimeAsync(250);
    bench.tone = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(bench.test.getView().state).toBe("running");
    bench.test.stop();
    expect(bench.test.getView().state).toBe("idle");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([bench.hungUp, bench.closed]).toEqual([1, 1]);
  });
});
