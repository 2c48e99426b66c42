import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../src/clock";
import { jssipStack } from "../src/jssip";
import { LOST_MS, OneCall, REACH_MS, type OneCallAccount } from "../src/onecall";
import { FakeStream, installBrowser, lastConnection } from "./browser";
import { Server } from "./server";

let server: Server;
let call: OneCall;
let microphone: () => Promise<FakeStream>;
let lend: () => Promise<OneCallAccount>;
let streams: FakeStream[];
let played: unknown[];

const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-03-02T04:00:00Z") });
  installBrowser();
  server = new Server();
  streams = [];
  played = [];
  microphone = () => Promise.resolve(new FakeStream());
  lend = () =>
    Promise.resolve({
      account: { uri: "sip:trial-1@demo", username: "1:trial-1", password: "lent", realm: "demo", wsUrl: "ws://127.0.0.1/sip", ice: {}, expiresAt: 0 },
      stack: jssipStack({ sockets: server.open, userAgent: "Lingtong", instanceId: null }),
    });
  const keep = (stream: FakeStream): MediaStream => {
    streams.push(stream);
    return stream as unknown as MediaStream;
  };
  call = new OneCall({
    clock: systemClock,
    lend: () => lend(),
    media: {
      open: async () => keep(await microphone()),
      close: (stream) => {
        (stream as unknown as FakeStream).track.stop();
      },
      play: (stream) => played.push(stream),
    },
    silence: () => keep(new FakeStream()),
  });
});

afterEach(() => {
  call.hangUp();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const state = (): string => call.getView().state;

describe("a single call", () => {
  it("calls its own address without registering, sends keys and hangs up", async () => {
    void call.start();
    await pass(100);
    expect(state()).toBe("talking");
    expect(server.heard("REGISTER")).toEqual([]);
    expect(server.heard("INVITE").map((one) => one.get("to"))).toEqual(["<sip:trial-1@demo>"]);
    call.press("2");
    expect(lastConnection().digits).toBe("2");
    call.hangUp();
    await pass(50);
    expect(server.heard("BYE")).toHaveLength(1);
    expect(call.getView()).toMatchObject({ state: "over", end: "normal" });
    expect(streams.every((stream) => stream.track.stopped)).toBe(true);
    expect(played.at(-1)).toBeNull();
    await pass(5_000);
    expect(server.wire.closed).toBe(true);
  });

  it("is over when the flow hangs up, and can be made again", async () => {
    void call.start();
    await pass(100);
    const [invite] = server.heard("INVITE");
    server.within(invite?.get("call-id") ?? "", "BYE");
    await pass(20);
    expect(call.getView()).toMatchObject({ state: "over", end: "normal" });
    void call.start();
    await pass(100);
    expect(state()).toBe("talking");
  });

  it("hears and presses keys where there is no microphone", async () => {
    microphone = () => Promise.reject(new Error("none"));
    void call.start();
    await pass(100);
    expect(call.getView()).toMatchObject({ state: "talking", heard: false });
  });

  it("tells why no account was lent, and leaves the microphone", async () => {
    const why = new Error("draining");
    lend = () => Promise.reject(why);
    void call.start();
    await pass(10);
    expect(call.getView()).toMatchObject({ state: "over", refused: why });
    expect(streams.every((stream) => stream.track.stopped)).toBe(true);
  });

  it("gives up on a server that can't be reached", async () => {
    server.meets = "nothing";
    void call.start();
    await pass(REACH_MS - 100);
    expect(state()).toBe("calling");
    await pass(200);
    expect(call.getView()).toMatchObject({ state: "over", end: "unreachable" });
  });

  it("is over when its path is broken for long, and goes on when it was short", async () => {
    void call.start();
    await pass(100);
    const connection = lastConnection();
    const path = (state: string): void => {
      connection.iceConnectionState = state;
      connection.dispatchEvent(new Event("iceconnectionstatechange"));
    };
    path("disconnected");
    await pass(LOST_MS - 100);
    path("connected");
    await pass(LOST_MS);
    expect(state()).toBe("talking");
    path("failed");
    await pass(LOST_MS + 100);
    expect(call.getView()).toMatchObject({ state: "over", end: "connection" });
  });

  it("begins nothing when it is taken back while the microphone is asked for", async () => {
    let allow: (stream: FakeStream) => void = () => undefined;
    microphone = () =>
      new Promise((resolve) => {
        allow = resolve;
      });
    void call.start();
    call.hangUp();
    allow(new FakeStream());
    await pass(100);
    expect(server.wires).toEqual([]);
    expect(streams[0]?.track.stopped).toBe(true);
  });
});
