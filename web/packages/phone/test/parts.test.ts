import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FIRST_RETRY_MS, MAX_RETRY_MS, retryWait } from "../src/backoff";
import { Devices, type DevicePort, type DeviceUse } from "../src/devices";
import { dialable, isContinuation } from "../src/offer";
import { GRANT_WAIT_MS, PhoneOwner, type LockPort } from "../src/owner";
import { micProblem } from "../src/problems";
import { QualityMeter, sampleOf } from "../src/quality";
import { levelOf, ringTone } from "../src/sound";
import { modeOf, type CallView } from "../src/view";

describe("retryWait", () => {
  it("grows from the first wait to the longest one, and is spread over its upper half", () => {
    expect([0, 1, 2, 3].map((attempt) => retryWait(attempt, 1))).toEqual([500, 1_000, 2_000, 4_000]);
    expect(retryWait(1_000, 1)).toBe(MAX_RETRY_MS);
    expect(retryWait(0, 0)).toBe(FIRST_RETRY_MS / 2);
  });
});

describe("isContinuation", () => {
  const invite = (headers: Record<string, string>): { header: (name: string) => string | undefined } => ({
    header: (name) => headers[name],
  });

  it.each([
    [{ "X-Lingtong-Interaction": "i1", "Answer-Mode": "Auto" }, true],
    [{ "X-Lingtong-Interaction": "i1", "Call-Info": "<urn:x>;answer-after=0" }, true],
    [{ "X-Lingtong-Interaction": "i1", "Alert-Info": "<http://x>;info=alert-autoanswer" }, true],
    [{ "X-Lingtong-Interaction": "i1" }, false],
    [{ "X-Lingtong-Interaction": "i1", "Call-Info": "<urn:x>;answer-after=05" }, false],
    [{ "X-Lingtong-Interaction": "i1", "Answer-Mode": "Manual" }, false],
    [{ "Answer-Mode": "Auto" }, false],
    [{ "X-Lingtong-Interaction": "a b<script>", "Answer-Mode": "Auto" }, false],
  ])("%j is %s", (headers, expected) => {
    expect(isContinuation(invite(headers))).toBe(expected);
  });
});

describe("dialable", () => {
  it.each([
    ["138-0013 8000", "13800138000"],
    ["(021) 6288.0000", "02162880000"],
    ["１３８００１３８０００", "13800138000"],
    ["+86 138 0013 8000", "+8613800138000"],
    ["*50", "*50"],
    ["support", "support"],
    ["", null],
    ["1002;evil=1", null],
    ["sip:1@x", null],
    ["1".repeat(33), null],
  ])("%j is %j", (text, expected) => {
    expect(dialable(text)).toBe(expected);
  });
});

describe("quality", () => {
  const sample = (received: number, lost: number, jitterMs = 4, rttMs: number | null = 40) => ({ received, lost, jitterMs, rttMs });

  it.each([
    [sample(100, 0), "good"],
    [sample(97, 3), "fair"],
    [sample(90, 10), "poor"],
    [sample(100, 0, 130), "poor"],
    [sample(100, 0, 4, 300), "fair"],
    [sample(100, 0, 4, null), "good"],
    [sample(0, 0), "poor"],
  ])("%j is %s", (next, grade) => {
    const meter = new QualityMeter();
    expect(meter.add(sample(0, 0))).toBeNull();
    expect(meter.add(next)?.grade).toBe(grade);
  });

  it("forgets a bad moment after its window", () => {
    const meter = new QualityMeter();
    meter.add(sample(0, 0));
    expect(meter.add(sample(80, 20))?.grade).toBe("poor");
    let last = null;
    for (let at = 2; at < 6; at += 1) last = meter.add(sample(80 + at * 100, 20));
    expect(last?.grade).toBe("good");
  });

  it("reads what the browser reports", () => {
    expect(sampleOf([])).toBeNull();
    expect(
      sampleOf([
        { type: "inbound-rtp", kind: "audio", packetsReceived: 5, packetsLost: -1, jitter: 0.002 },
        { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.03 },
      ]),
    ).toEqual({ received: 5, lost: 0, jitterMs: 2, rttMs: 30 });
  });
});

describe("sound", () => {
  it("measures loudness as an ear does", () => {
    expect(levelOf(new Float32Array(128))).toBe(0);
    expect(levelOf(new Float32Array(128).fill(1))).toBe(1);
    expect(levelOf(new Float32Array(128).fill(0.0316))).toBeCloseTo(0.5, 1);
  });

  it("makes a ringing tone that is a WAV of five seconds with one second of sound", () => {
    const bytes = ringTone();
    expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe("RIFF");
    const samples = new Int16Array(bytes.buffer, 44);
    expect(samples).toHaveLength(80_000);
    expect(Math.max(...samples.slice(0, 16_000))).toBeGreaterThan(10_000);
    expect(samples.slice(16_000).every((value) => value === 0)).toBe(true);
  });
});

describe("modeOf", () => {
  const call = (part: Partial<CallView>): CallView => ({
    id: "1",
    interactionId: null,
    direction: "in",
    role: "main",
    phase: "talking",
    number: "1",
    name: "",
    since: 0,
    answeredAt: 0,
    muted: false,
    remoteHold: false,
    quality: null,
    transfer: "none",
    ...part,
  });

  it.each([
    ["ready", [], "ready"],
    ["lost", [], "reconnecting"],
    ["lost", [call({})], "recovering"],
    ["ready", [call({ phase: "recovering" })], "recovering"],
    ["ready", [call({ phase: "ringing" })], "ringing"],
    ["ready", [call({ phase: "held" }), call({ id: "2", role: "consult" })], "consulting"],
    ["ready", [call({ phase: "alerting" })], "dialling"],
  ] as const)("%s with %j is %s", (link, calls, expected) => {
    expect(modeOf(link, calls)).toBe(expected);
  });
});

describe("PhoneOwner", () => {
  /** Web Locks of one browser. */
  class Locks {
    private holder: { name: string; lose: (why: Error) => void } | null = null;
    private readonly waiting: (() => void)[] = [];

    port(page: string): LockPort {
      return {
        request: (_name, options, held) =>
          new Promise((resolve, reject) => {
            const take = (): void => {
              const mine = { name: page, lose: reject };
              this.holder = mine;
              void held().then(() => {
                if (this.holder === mine) this.holder = null;
                resolve(undefined);
                this.waiting.shift()?.();
              });
            };
            if (options.steal === true) {
              this.holder?.lose(new Error("stolen"));
              take();
            } else if (this.holder === null) {
              take();
            } else {
              this.waiting.push(() => {
                if (options.signal?.aborted === true) this.waiting.shift()?.();
                else take();
              });
            }
          }),
      };
    }
  }

  const page = (locks: Locks, name: string): { owner: PhoneOwner; told: string[] } => {
    const told: string[] = [];
    const owner = new PhoneOwner(locks.port(name), "phone", {
      onMine: () => told.push("mine"),
      onElsewhere: () => told.push("elsewhere"),
    });
    return { owner, told };
  };

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("gives the phone to the first page, and to the second when the first is closed", async () => {
    const locks = new Locks();
    const [first, second] = [page(locks, "a"), page(locks, "b")];
    first.owner.start();
    await vi.advanceTimersByTimeAsync(GRANT_WAIT_MS * 2);
    second.owner.start();
    await vi.advanceTimersByTimeAsync(GRANT_WAIT_MS * 2);
    expect([first.told, second.told]).toEqual([["mine"], ["elsewhere"]]);
    first.owner.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(second.told).toEqual(["elsewhere", "mine"]);
  });

  it("lets a page take the phone over, and the other one wait for it", async () => {
    const locks = new Locks();
    const [first, second] = [page(locks, "a"), page(locks, "b")];
    first.owner.start();
    second.owner.start();
    await vi.advanceTimersByTimeAsync(GRANT_WAIT_MS * 2);
    second.owner.takeOver();
    await vi.advanceTimersByTimeAsync(GRANT_WAIT_MS * 2);
    expect(second.told.at(-1)).toBe("mine");
    expect(first.told.at(-1)).toBe("elsewhere");
    second.owner.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(first.told.at(-1)).toBe("mine");
  });
});

describe("Devices", () => {
  const saved = new Map<DeviceUse, string>();
  const port = (part: Partial<DevicePort> = {}): DevicePort & { opened: MediaStreamConstraints[]; changed: () => void } => {
    const opened: MediaStreamConstraints[] = [];
    const made = {
      opened,
      changed: (): void => undefined,
      secure: true,
      webrtc: true,
      choosesSpeaker: true,
      enumerate: () =>
        Promise.resolve([
          { kind: "audioinput", deviceId: "default", label: "Default" },
          { kind: "audioinput", deviceId: "headset", label: "Headset" },
          { kind: "audiooutput", deviceId: "headset-out", label: "Headset" },
        ]),
      open: (constraints: MediaStreamConstraints) => {
        opened.push(constraints);
        return Promise.resolve({} as MediaStream);
      },
      close: () => undefined,
      onChange: (changed: () => void) => {
        made.changed = changed;
        return () => undefined;
      },
      ...part,
    };
    return made;
  };
  const choices = {
    load: (use: DeviceUse) => saved.get(use) ?? null,
    save: (use: DeviceUse, id: string) => void saved.set(use, id),
  };

  beforeEach(() => {
    saved.clear();
  });

  it("finds all well, and uses what was chosen", async () => {
    saved.set("mic", "headset");
    const browser = port();
    const devices = new Devices(browser, choices);
    await devices.check();
    expect(devices.getView()).toMatchObject({ problems: [], named: true, chosen: { mic: "headset", speaker: "default" } });
    expect(devices.constraints()).toMatchObject({ audio: { deviceId: { ideal: "headset" } } });
  });

  it.each([
    [{ secure: false }, "insecure"],
    [{ webrtc: false }, "no_webrtc"],
    [{ open: () => Promise.reject(Object.assign(new Error(), { name: "NotReadableError" })) }, "mic_busy"],
    [{ enumerate: () => Promise.resolve([]) }, "speaker_missing"],
  ] as const)("says what is wrong: %j", async (part, problem) => {
    const devices = new Devices(port(part), choices);
    await devices.check();
    expect(devices.getView().problems).toEqual([problem]);
  });

  it("passes over a device that was unplugged, and takes it again when it is back", async () => {
    saved.set("speaker", "usb");
    const outputs = [{ kind: "audiooutput", deviceId: "usb", label: "USB" }];
    let there = true;
    const browser = port({ enumerate: () => Promise.resolve(there ? outputs : []) });
    const devices = new Devices(browser, choices);
    devices.start();
    await vi.waitFor(() => {
      expect(devices.getView().chosen.speaker).toBe("usb");
    });
    there = false;
    browser.changed();
    await vi.waitFor(() => {
      expect(devices.getView().chosen.speaker).toBe("default");
    });
    there = true;
    browser.changed();
    await vi.waitFor(() => {
      expect(devices.getView().chosen.speaker).toBe("usb");
    });
  });

  it("looks again by itself when a headset is plugged in", async () => {
    let there = false;
    const missing = Object.assign(new Error(), { name: "NotFoundError" });
    const browser = port({ open: () => (there ? Promise.resolve({} as MediaStream) : Promise.reject(missing)) });
    const devices = new Devices(browser, choices);
    devices.start();
    await vi.waitFor(() => {
      expect(devices.getView()).toMatchObject({ checking: false, problems: ["mic_missing"] });
    });
    expect(devices.usable).toBe(false);
    there = true;
    browser.changed();
    await vi.waitFor(() => {
      expect(devices.usable).toBe(true);
    });
  });

  it("has a word for every refusal of a microphone", () => {
    expect(["NotAllowedError", "NotFoundError", "NotReadableError", "Odd"].map((name) => micProblem({ name }))).toEqual([
      "mic_denied",
      "mic_missing",
      "mic_busy",
      "mic_failed",
    ]);
  });
});
