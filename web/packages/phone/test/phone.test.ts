import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_RETRY_MS } from "../src/backoff";
import { QUALITY_MS } from "../src/call";
import { AccountError } from "../src/ports";
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

describe("registering", () => {
  it("gets an account, connects and is ready", async () => {
    rig.phone.start();
    expect(mode()).toBe("registering");
    await rig.pass(50);
    expect(mode()).toBe("ready");
    const [register] = rig.server.heard("REGISTER");
    expect(register?.get("to")).toBe("<sip:1001@demo>");
    expect(register?.get("contact")).toContain('+sip.instance="<urn:uuid:8f1f8a54-0c33-4b04-9a50-9d3b7a3f4c11>"');
  });

  it("renews its registration long before it ends", async () => {
    await rig.ready();
    await rig.pass(120_000);
    expect(rig.server.heard("REGISTER").length).toBeGreaterThanOrEqual(2);
    expect(mode()).toBe("ready");
  });

  it("asks for a new password when the old one is about to end", async () => {
    const account = rig.account;
    rig.account = async () => ({ ...(await account()), expiresAt: Date.now() + 60_000 });
    await rig.ready();
    await rig.pass(120_000);
    expect(rig.accounts).toBeGreaterThanOrEqual(2);
    expect(mode()).toBe("ready");
  });

  it.each([
    ["forbidden", "forbidden"],
    ["unsupported", "unsupported"],
  ] as const)("says so and stops when the account is %s", async (kind, problem) => {
    rig.account = () => Promise.reject(new AccountError(kind, "no"));
    await rig.ready();
    await rig.pass(60_000);
    expect(rig.phone.getView()).toMatchObject({ mode: "refused", problem });
    expect(rig.accounts).toBe(1);
  });

  it("tries again with growing waits while the server is away, and never gives up", async () => {
    rig.server.meets = "refusal";
    rig.phone.start();
    await rig.pass(10_000);
    const early = rig.server.wires.length;
    expect(early).toBeGreaterThan(3);
    expect(rig.phone.getView()).toMatchObject({ mode: "reconnecting", problem: "unreachable" });
    await rig.pass(600_000);
    expect(rig.server.wires.length - early).toBeLessThanOrEqual(600_000 / MAX_RETRY_MS + 2);
    rig.server.meets = "open";
    await rig.pass(MAX_RETRY_MS + 50);
    expect(mode()).toBe("ready");
  });

  it("tries at once when the network is back", async () => {
    rig.server.meets = "refusal";
    rig.phone.start();
    await rig.pass(60_000);
    rig.server.meets = "open";
    rig.phone.retryNow();
    await rig.pass(50);
    expect(mode()).toBe("ready");
  });

  it("gives up a connection that never opens, and tries another", async () => {
    rig.server.meets = "nothing";
    rig.phone.start();
    await rig.pass(8_100);
    expect(mode()).toBe("reconnecting");
    rig.server.meets = "open";
    await rig.pass(2_000);
    expect(mode()).toBe("ready");
  });

  it("asks for a new password when the server does not know the old one", async () => {
    rig.server.registerStatus = 403;
    await rig.ready();
    expect(rig.phone.getView()).toMatchObject({ mode: "reconnecting", problem: "register_refused" });
    rig.server.registerStatus = 200;
    await rig.pass(1_000);
    expect(mode()).toBe("ready");
    expect(rig.accounts).toBe(2);
  });

  it("finds out that a quiet connection is dead", async () => {
    await rig.ready();
    await rig.pass(16_000);
    expect(rig.server.wire.pings).toBe(1);
    rig.server.answersPings = false;
    await rig.pass(21_000);
    expect(rig.server.wires).toHaveLength(2);
    expect(mode()).toBe("ready");
  });
});

describe("a call that comes in", () => {
  it("rings, is answered with the microphone, and ends when the customer hangs up", async () => {
    await rig.ready();
    rig.server.invite({ callId: "c1", headers: ["X-Lingtong-Interaction: i1"] });
    await rig.pass(10);
    expect(mode()).toBe("ringing");
    expect(rig.call).toMatchObject({ number: "13800138000", name: "Wang", interactionId: "i1", direction: "in" });
    expect(rig.server.heard("INVITE", 180)).toHaveLength(1);
    await rig.phone.answer();
    await rig.pass(50);
    expect(mode()).toBe("talking");
    const voice = lastConnection().voice();
    expect(rig.played.at(-1)).toBe(voice);
    rig.server.within("c1", "BYE");
    await rig.pass(10);
    expect(mode()).toBe("ready");
    expect(rig.phone.getView().lastEnd).toMatchObject({ number: "13800138000", cause: "normal" });
    expect(rig.streams[0]?.track.stopped).toBe(true);
    expect(rig.played.at(-1)).toBeNull();
  });

  it("is answered by order of the server, the call that is named and no other", async () => {
    await rig.ready();
    rig.server.invite({ callId: "c1", headers: ["X-Lingtong-Interaction: i1"] });
    await rig.pass(10);
    await rig.phone.answerInteraction("i2");
    await rig.pass(50);
    expect(mode()).toBe("ringing");
    await rig.phone.answerInteraction("i1");
    await rig.pass(50);
    expect(mode()).toBe("talking");
  });

  it("is never answered by itself, whatever a caller puts into it, unless the server names its interaction", async () => {
    await rig.ready();
    rig.server.invite({ callId: "c1", headers: ["Answer-Mode: Auto", "Call-Info: <sip:x>;answer-after=0"] });
    await rig.pass(200);
    expect(mode()).toBe("ringing");
    expect(rig.streams).toHaveLength(0);
  });

  it.each([
    ["", "cancelled"],
    ["SIP;cause=200;text=\"Call completed elsewhere\"", "elsewhere"],
  ] as const)("stops ringing when it is taken back (%s)", async (reason, cause) => {
    await rig.ready();
    rig.server.invite({ callId: "c1" });
    await rig.pass(10);
    rig.server.cancel("c1", reason);
    await rig.pass(10);
    expect(rig.phone.getView()).toMatchObject({ mode: "ready", lastEnd: { cause } });
  });

  it("can be refused", async () => {
    await rig.ready();
    rig.server.invite({ callId: "c1" });
    await rig.pass(10);
    rig.phone.reject();
    await rig.pass(10);
    expect(rig.server.heard("INVITE", 603)).toHaveLength(1);
    expect(mode()).toBe("ready");
  });

  it("meets a busy line while another call is in hand", async () => {
    await rig.talking();
    rig.server.invite({ callId: "c2" });
    await rig.pass(10);
    expect(rig.server.heard("INVITE", 486)).toHaveLength(1);
    expect(rig.phone.getView().calls).toHaveLength(1);
    expect(mode()).toBe("talking");
  });

  it("goes on ringing when the microphone is refused, says why, and can be answered after", async () => {
    await rig.ready();
    rig.server.invite({ callId: "c1" });
    await rig.pass(10);
    const works = rig.microphone;
    rig.microphone = () => Promise.reject(Object.assign(new Error("no"), { name: "NotAllowedError" }));
    await rig.phone.answer();
    expect(rig.phone.getView()).toMatchObject({ mode: "ringing", problem: "mic_denied" });
    rig.microphone = works;
    await rig.phone.answer();
    await rig.pass(50);
    expect(rig.phone.getView()).toMatchObject({ mode: "talking", problem: null });
  });

  it("leaves no microphone open when the caller goes while it is asked for", async () => {
    await rig.ready();
    rig.server.invite({ callId: "c1" });
    await rig.pass(10);
    const works = rig.microphone;
    rig.microphone = () => new Promise((resolve) => setTimeout(() => void works().then(resolve), 1_000));
    const answered = rig.phone.answer();
    rig.server.cancel("c1");
    await rig.pass(1_100);
    await answered;
    expect(mode()).toBe("ready");
    expect(rig.streams.map((stream) => stream.track.stopped)).toEqual([true]);
  });
});

describe("while talking", () => {
  it("mutes and unmutes", async () => {
    await rig.talking();
    rig.phone.mute();
    expect(rig.call.muted).toBe(true);
    expect(rig.streams[0]?.track.enabled).toBe(false);
    rig.phone.mute();
    expect(rig.streams[0]?.track.enabled).toBe(true);
  });

  it("holds and resumes by what the server agrees to", async () => {
    await rig.talking();
    rig.phone.hold();
    await rig.pass(50);
    expect(mode()).toBe("held");
    rig.phone.hold();
    await rig.pass(50);
    expect(mode()).toBe("talking");
    expect(rig.server.heard("INVITE")).toHaveLength(2);
  });

  it("does not lose the call when hold is refused", async () => {
    await rig.talking();
    rig.server.reinviteStatus = 488;
    rig.phone.hold();
    await rig.pass(50);
    expect(rig.phone.getView()).toMatchObject({ mode: "talking", problem: "hold_refused" });
    expect(rig.server.heard("BYE")).toHaveLength(0);
    rig.server.reinviteStatus = 200;
    rig.phone.hold();
    await rig.pass(50);
    expect(mode()).toBe("held");
  });

  it("sends digits in the sound", async () => {
    await rig.talking();
    rig.phone.dtmf("1");
    rig.phone.dtmf("x");
    expect(lastConnection().digits).toBe("1");
    expect(rig.server.heard("INFO")).toHaveLength(0);
  });

  it("hangs up", async () => {
    await rig.talking();
    rig.phone.hangUp();
    await rig.pass(10);
    expect(rig.server.heard("BYE")).toHaveLength(1);
    expect(mode()).toBe("ready");
  });

  it("tells how the line is", async () => {
    await rig.talking();
    const line = lastConnection();
    for (let second = 0; second < 4; second += 1) {
      line.counters.packetsReceived += 100;
      await rig.pass(QUALITY_MS);
    }
    expect(rig.call.quality).toMatchObject({ grade: "good", lossPct: 0, silent: false });
    for (let second = 0; second < 4; second += 1) {
      line.counters.packetsReceived += 90;
      line.counters.packetsLost += 10;
      await rig.pass(QUALITY_MS);
    }
    expect(rig.call.quality).toMatchObject({ grade: "poor" });
    await rig.pass(QUALITY_MS);
    expect(rig.call.quality?.silent).toBe(true);
  });
});

describe("calling", () => {
  it("dials, hears it ring, and talks", async () => {
    await rig.ready();
    rig.server.inviteStatus = 180;
    await rig.phone.dial("138-0013 8000");
    await rig.pass(20);
    expect(rig.call).toMatchObject({ phase: "alerting", number: "13800138000", direction: "out" });
    const [invite] = rig.server.heard("INVITE");
    expect(invite?.start).toContain("sip:13800138000@demo");
    if (invite !== undefined) rig.server.accept(rig.server.wire, invite, 200);
    await rig.pass(20);
    expect(mode()).toBe("talking");
  });

  it.each([
    [486, "busy"],
    [404, "not_found"],
    [603, "declined"],
    [480, "unreachable"],
    [488, "incompatible"],
  ] as const)("says why it failed: %i", async (status, cause) => {
    await rig.ready();
    rig.server.inviteStatus = status;
    await rig.phone.dial("1002");
    await rig.pass(50);
    expect(rig.phone.getView()).toMatchObject({ mode: "ready", lastEnd: { number: "1002", cause } });
  });

  it("refuses what is no number", async () => {
    await rig.ready();
    await rig.phone.dial("10 02; rm");
    expect(rig.phone.getView()).toMatchObject({ mode: "ready", problem: "bad_number" });
    expect(rig.server.heard("INVITE")).toHaveLength(0);
  });
});

describe("handing a call on", () => {
  const notify = (callId: string, status: string): void => {
    const cseq = /^\d+/.exec(rig.server.heard("REFER").at(-1)?.get("cseq") ?? "")?.[0] ?? "";
    const body = `SIP/2.0 ${status}\r\n`;
    const headers = [`Event: refer;id=${cseq}`, "Subscription-State: terminated", "Content-Type: message/sipfrag"];
    rig.server.within(callId, "NOTIFY", headers, body);
  };

  it("hands it on blindly, and leaves when the server has done it", async () => {
    await rig.talking();
    rig.phone.transfer("1002");
    await rig.pass(20);
    expect(rig.call.transfer).toBe("asked");
    expect(rig.server.heard("REFER")[0]?.get("refer-to")).toBe("<sip:1002@demo>");
    notify("c1", "200 OK");
    await rig.pass(20);
    expect(mode()).toBe("ready");
  });

  it("keeps the customer when nobody takes the call", async () => {
    await rig.talking();
    rig.phone.transfer("1002");
    await rig.pass(20);
    notify("c1", "486 Busy Here");
    await rig.pass(20);
    expect(rig.phone.getView()).toMatchObject({ mode: "talking", problem: "transfer_refused" });
    expect(rig.call.transfer).toBe("failed");
  });

  it("asks a colleague while the customer waits, swaps between them, and connects them", async () => {
    await rig.talking();
    const asked = rig.phone.consult("1002");
    await rig.pass(60);
    await asked;
    expect(mode()).toBe("consulting");
    expect(rig.phone.getView().calls.map((call) => [call.role, call.phase])).toEqual([
      ["main", "held"],
      ["consult", "talking"],
    ]);
    const swapped = rig.phone.swap();
    await rig.pass(60);
    await swapped;
    expect(rig.phone.getView().calls.map((call) => call.phase)).toEqual(["talking", "held"]);
    rig.phone.completeTransfer();
    await rig.pass(20);
    const consult = rig.server.heard("INVITE").find((one) => one.start.includes("1002"));
    expect(decodeURIComponent(rig.server.heard("REFER")[0]?.get("refer-to") ?? "")).toContain(
      `Replaces=${consult?.get("call-id") ?? "?"};to-tag=server;from-tag=`,
    );
    notify("c1", "200 OK");
    await rig.pass(20);
    expect(rig.server.heard("BYE").length).toBeGreaterThanOrEqual(1);
  });

  it("leaves the customer to a colleague who is still rung, and has it back when nobody takes it", async () => {
    await rig.talking();
    rig.server.inviteStatus = 180;
    const asked = rig.phone.consult("1002");
    await rig.pass(60);
    await asked;
    expect(rig.phone.getView().calls.map((call) => call.phase)).toEqual(["held", "alerting"]);
    rig.phone.completeTransfer();
    await rig.pass(20);
    const invite = rig.server.heard("INVITE").find((one) => one.start.includes("1002"));
    expect(decodeURIComponent(rig.server.heard("REFER")[0]?.get("refer-to") ?? "")).toContain(
      `Replaces=${invite?.get("call-id") ?? "?"};to-tag=server;from-tag=`,
    );
    if (invite !== undefined) rig.server.accept(rig.server.wire, invite, 487);
    await rig.pass(20);
    expect(rig.call).toMatchObject({ role: "main", phase: "held", transfer: "asked" });
    notify("c1", "486 Busy Here");
    await rig.pass(20);
    expect(rig.call).toMatchObject({ phase: "held", transfer: "failed" });
  });

  it("goes back to the customer when the consultation is cancelled", async () => {
    await rig.talking();
    const asked = rig.phone.consult("1002");
    await rig.pass(60);
    await asked;
    const back = rig.phone.cancelConsult();
    await rig.pass(60);
    await back;
    expect(mode()).toBe("talking");
    expect(rig.phone.getView().calls).toHaveLength(1);
  });

  it("talks on with the colleague when the customer hangs up meanwhile", async () => {
    await rig.talking();
    const asked = rig.phone.consult("1002");
    await rig.pass(60);
    await asked;
    rig.server.within("c1", "BYE");
    await rig.pass(20);
    expect(rig.call).toMatchObject({ role: "main", number: "1002", phase: "talking" });
  });
});
