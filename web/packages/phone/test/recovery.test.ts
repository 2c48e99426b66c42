import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PATH_WAIT_MS, RECOVER_MS } from "../src/call";
import { PING_MS, PROBE_WAIT_MS } from "../src/socket";
import { installBrowser, lastConnection } from "./browser";
import { Rig } from "./rig";

let rig: Rig;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-03-02T04:00:00Z") });
  installBrowser();
  rig = new Rig();
});

afterEach(() => {
  rig.phone.abandon("off");
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const mode = (): string => rig.phone.getView().mode;

describe("never losing a call", () => {
  const AGAIN = ["X-Lingtong-Interaction: i1", "Answer-Mode: Auto"];

  it("goes on talking over a connection that was cut and came back", async () => {
    await rig.talking();
    rig.server.cut();
    await rig.pass(1);
    expect(mode()).toBe("recovering");
    await rig.pass(2_000);
    expect(mode()).toBe("talking");
    expect(rig.server.heard("BYE")).toHaveLength(0);
    // The server learns by an offer over which connection the call is reached now.
    expect(lastConnection().restarts).toBe(1);
    rig.phone.hangUp();
    await rig.pass(20);
    expect(rig.server.heard("BYE")).toHaveLength(1);
  });

  it("does not lose the call when the connection is cut in the middle of a hold", async () => {
    await rig.talking();
    rig.server.reinviteStatus = null;
    rig.phone.hold();
    await rig.pass(1);
    rig.server.cut();
    await rig.pass(2_000);
    expect(rig.phone.getView().calls).toHaveLength(1);
    expect(rig.server.heard("BYE")).toHaveLength(0);
  });

  it("is back in the same call after the page was loaded again, and still muted", async () => {
    await rig.talking();
    rig.phone.mute();
    rig.reload();
    expect(rig.server.heard("BYE")).toHaveLength(0);
    await rig.ready();
    rig.server.invite({ callId: "c1-again", headers: AGAIN });
    await rig.pass(50);
    expect(mode()).toBe("talking");
    expect(rig.call).toMatchObject({ interactionId: "i1", muted: true });
    expect(rig.streams.at(-1)?.track.enabled).toBe(false);
  });

  it("has a muted call muted in the tab that takes the phone over", async () => {
    await rig.talking();
    rig.phone.mute();
    rig.reload();
    rig.phone.abandon("elsewhere");
    rig.phone.start();
    await rig.ready();
    rig.server.invite({ callId: "c1-again", headers: AGAIN });
    await rig.pass(50);
    expect(rig.call).toMatchObject({ interactionId: "i1", muted: true });
  });

  it("does not unmute or mute another call than the one before the reload", async () => {
    await rig.talking();
    rig.phone.mute();
    rig.reload();
    await rig.ready();
    rig.server.invite({ callId: "c2", headers: ["X-Lingtong-Interaction: i2", "Answer-Mode: Auto"] });
    await rig.pass(50);
    expect(rig.call).toMatchObject({ interactionId: "i2", muted: false });
  });

  it("moves to the leg that the server offers for the same call, and stays held", async () => {
    await rig.talking();
    const { id } = rig.call;
    rig.phone.hold();
    await rig.pass(50);
    rig.server.invite({ callId: "c1-again", headers: ["X-Lingtong-Interaction: i1", "Call-Info: <urn:x>;answer-after=0"] });
    await rig.pass(100);
    expect(rig.call).toMatchObject({ id, phase: "held" });
    expect(rig.phone.getView().calls).toHaveLength(1);
    expect(rig.server.heard("INVITE", 200).map((one) => one.get("call-id"))).toEqual(["c1", "c1-again"]);
    expect(rig.streams).toHaveLength(1);
    expect(rig.streams[0]?.track.stopped).toBe(false);
  });

  it("lays a broken path anew, and stops when the server has to", async () => {
    await rig.talking();
    const line = lastConnection();
    line.path("disconnected");
    await rig.pass(PATH_WAIT_MS / 2);
    line.path("connected");
    await rig.pass(PATH_WAIT_MS * 2);
    expect(line.restarts).toBe(0);
    line.path("failed");
    await rig.pass(PATH_WAIT_MS * 10);
    expect(line.restarts).toBeGreaterThanOrEqual(1);
    expect(line.restarts).toBeLessThanOrEqual(3);
    expect(mode()).toBe("talking");
  });

  it("waits a set time for a call whose leg is gone, then says that it is lost", async () => {
    const account = rig.account;
    await rig.talking();
    // The server hands out another address: the old user agent is of no use any more.
    rig.account = async () => ({ ...(await account()), uri: "sip:1001-b@demo", expiresAt: Date.now() + 3_600_000 });
    rig.server.registerStatus = 403;
    rig.server.cut();
    await rig.pass(600);
    rig.server.registerStatus = 200;
    await rig.pass(3_000);
    expect(rig.call.phase).toBe("recovering");
    await rig.pass(RECOVER_MS);
    expect(rig.phone.getView()).toMatchObject({ mode: "ready", lastEnd: { cause: "lost" } });
    expect(rig.streams.every((stream) => stream.track.stopped)).toBe(true);
  });

  it("tries again every second while a call is in hand", async () => {
    await rig.talking();
    rig.server.meets = "refusal";
    rig.server.cut();
    await rig.pass(20_000);
    expect(rig.server.wires.length).toBeGreaterThanOrEqual(18);
    rig.server.meets = "open";
    await rig.pass(1_050);
    expect(rig.phone.getView().link).toBe("ready");
  });

  it("finds out at once whether the connection stands when the network is back, and lays a new path", async () => {
    await rig.talking();
    await rig.pass(PING_MS + 1_000);
    rig.phone.retryNow();
    await rig.pass(PROBE_WAIT_MS + 1_000);
    expect(rig.server.wires).toHaveLength(1);
    expect(lastConnection().restarts).toBe(0);
    rig.server.answersPings = false;
    rig.phone.retryNow();
    await rig.pass(PROBE_WAIT_MS - 100);
    expect(rig.server.wires).toHaveLength(1);
    await rig.pass(700);
    expect(rig.server.wires).toHaveLength(2);
    expect(mode()).toBe("talking");
    expect(lastConnection().restarts).toBe(1);
  });

  it("gives up a connection that hangs when the network is back", async () => {
    await rig.talking();
    rig.server.meets = "nothing";
    rig.server.cut();
    await rig.pass(1_000);
    rig.server.meets = "open";
    rig.phone.retryNow();
    await rig.pass(600);
    expect(rig.phone.getView().link).toBe("ready");
  });

  it("leaves the phone to another page without ending the call", async () => {
    await rig.talking();
    rig.phone.abandon("elsewhere");
    expect(mode()).toBe("elsewhere");
    await rig.pass(1_000);
    expect(rig.server.heard("BYE")).toHaveLength(0);
    expect(rig.server.wire.closed).toBe(true);
    expect(rig.streams[0]?.track.stopped).toBe(true);
  });

  it("signs off properly", async () => {
    await rig.ready();
    rig.phone.stop();
    await rig.pass(50);
    expect(rig.server.heard("REGISTER").at(-1)?.get("expires")).toBe("0");
    expect(mode()).toBe("off");
  });
});
