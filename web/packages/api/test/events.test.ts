import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FIRST_RETRY_MS, openEvents, SILENCE_MS, type EventStream } from "../src/events";

interface Connection {
  cursor: string | null;
  send: (text: string) => Promise<void>;
  end: () => Promise<void>;
  aborted: () => boolean;
}

/** A server whose connections the test drives by hand. */
class FakeServer {
  readonly connections: Connection[] = [];
  status = 200;

  readonly fetch: typeof globalThis.fetch = (_input, init) => {
    const signal = init?.signal;
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (one) => {
        controller = one;
      },
    });
    signal?.addEventListener("abort", () => {
      try {
        controller?.error(new DOMException("aborted", "AbortError"));
      } catch {
        // The test has ended this connection before.
      }
    });
    this.connections.push({
      cursor: new Headers(init?.headers).get("last-event-id"),
      send: async (text) => {
        controller?.enqueue(new TextEncoder().encode(text));
        await settle();
      },
      end: async () => {
        controller?.close();
        await settle();
      },
      aborted: () => signal?.aborted ?? false,
    });
    if (this.status !== 200) {
      const error = { error: { code: "refused", message: "no", request_id: "r1" } };
      return Promise.resolve(new Response(JSON.stringify(error), { status: this.status }));
    }
    return Promise.resolve(new Response(body, { status: 200 }));
  };

  last(): Connection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error("nobody connected");
    return connection;
  }
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

function frame(id: number): string {
  const event = { id: String(id), at: "2026-01-01T00:00:00Z", type: "queue.stats", queue: { id: "q" } };
  return `id: ${String(id)}\ndata: ${JSON.stringify(event)}\n\n`;
}

describe("openEvents", () => {
  let server: FakeServer;
  let stream: EventStream | undefined;
  let seen: string[];
  let calls: string[];
  let page: EventTarget;

  const open = (cursor = "0"): EventStream => {
    stream = openEvents(
      { url: "http://x/events", cursor, fetch: server.fetch, random: () => 1, page },
      {
        onEvent: (event) => seen.push(event.id),
        onOpen: () => calls.push("open"),
        onLost: (error) => calls.push(`lost ${error.kind}`),
        onRefused: (error) => calls.push(`refused ${error.kind}`),
      },
    );
    return stream;
  };

  beforeEach(() => {
    page = new EventTarget();
    vi.useFakeTimers();
    server = new FakeServer();
    seen = [];
    calls = [];
  });

  afterEach(() => {
    stream?.close();
    vi.useRealTimers();
  });

  it("resumes after the last event seen, without gap or duplicate", async () => {
    open("41");
    await settle();
    expect(server.last().cursor).toBe("41");
    await server.last().send(frame(42) + frame(43).slice(0, 10));
    await server.last().end();
    expect(calls).toEqual(["open", "lost offline"]);
    await vi.advanceTimersByTimeAsync(FIRST_RETRY_MS);
    // The half event was not seen, so it is asked for again; 42 must not be shown twice.
    expect(server.last().cursor).toBe("42");
    await server.last().send(frame(42) + frame(43));
    expect(seen).toEqual(["42", "43"]);
  });

  it("waits longer after each failure, and starts over after success", async () => {
    server.status = 503;
    open();
    await settle();
    const counts: number[] = [];
    for (const wait of [1, 2, 4, 8]) {
      await vi.advanceTimersByTimeAsync(wait * FIRST_RETRY_MS - 1);
      counts.push(server.connections.length);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(counts).toEqual([1, 2, 3, 4]);
    server.status = 200;
    await vi.advanceTimersByTimeAsync(16 * FIRST_RETRY_MS);
    await server.last().end();
    const before = server.connections.length;
    await vi.advanceTimersByTimeAsync(FIRST_RETRY_MS);
    expect(server.connections.length).toBe(before + 1);
  });

  it.each([
    [410, "expired"],
    [401, "unauthorized"],
    [403, "forbidden"],
  ])("gives up on %i, since trying again cannot help", async (status, kind) => {
    server.status = status;
    open();
    await settle();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(calls).toEqual([`refused ${kind}`]);
    expect(server.connections.length).toBe(1);
  });

  it("drops a connection that has fallen silent", async () => {
    open();
    await settle();
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
    await server.last().send(": keep-alive\n\n");
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
    expect(calls).toEqual(["open"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toEqual(["open", "lost offline"]);
  });

  it("tries at once when the network is back, but leaves a good connection alone", async () => {
    server.status = 503;
    const own = open();
    await settle();
    server.status = 200;
    own.retryNow();
    await settle();
    expect(calls).toEqual(["lost busy", "open"]);
    own.retryNow();
    await settle();
    expect(server.connections.length).toBe(2);
    await vi.advanceTimersByTimeAsync(FIRST_RETRY_MS * 4);
    expect(server.connections.length).toBe(2);
  });

  it("tells nothing more once closed", async () => {
    const own = open();
    await settle();
    const connection = server.last();
    own.close();
    await settle();
    expect(connection.aborted()).toBe(true);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(calls).toEqual(["open"]);
    expect(server.connections.length).toBe(1);
  });

  it("passes over events and data that it does not know", async () => {
    open();
    await settle();
    await server.last().send('id: 1\ndata: {"type":"something.new"}\n\nid: 2\ndata: not json\n\n' + frame(3));
    expect(seen).toEqual(["3"]);
  });

  it("lets its connection go while the page is kept for the back button, and goes on after the last event seen", async () => {
    open("4");
    await settle();
    await server.last().send(frame(5));
    page.dispatchEvent(new Event("pagehide"));
    await vi.advanceTimersByTimeAsync(10 * FIRST_RETRY_MS);
    expect(server.connections.map((connection) => connection.aborted())).toEqual([true]);
    page.dispatchEvent(new Event("pageshow"));
    await settle();
    expect(server.connections).toHaveLength(2);
    expect(server.last().cursor).toBe("5");
    page.dispatchEvent(new Event("pageshow"));
    await settle();
    expect(server.connections).toHaveLength(2);
    expect(calls).toEqual(["open", "open"]);
  });
});
