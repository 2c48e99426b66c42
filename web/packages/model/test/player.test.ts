import type { Peaks, Recording } from "@lingtong/api";
import { describe, expect, it } from "vitest";
import { marksOf } from "../src/player/marks";
import { newPlayback, playback, type Playback, type PlaybackAction, type PlaybackMap } from "../src/player/playback";
import { columns, displayGain, MIN_SILENCE_MS, silences } from "../src/player/waveform";
import { at } from "./builders";

const map: PlaybackMap = { silences: [{ fromMs: 10_000, toMs: 20_000 }], marks: [5_000, 30_000] };

function run(actions: PlaybackAction[], start: Partial<Playback> = {}): Playback {
  return actions.reduce((state, action) => playback(state, action, map), { ...newPlayback(60_000), ...start });
}

describe("playback", () => {
  it.each<[string, PlaybackAction[], Partial<Playback>, Partial<Playback>]>([
    ["plays and pauses", [{ type: "toggle" }, { type: "toggle" }], {}, { playing: false }],
    ["never seeks before the start", [{ type: "seek_by", ms: -5_000 }], { positionMs: 2_000 }, { positionMs: 0 }],
    ["never seeks past the end", [{ type: "seek_to", ms: 99_000 }], {}, { positionMs: 60_000 }],
    ["stops at the end", [{ type: "progress", ms: 60_000 }], { playing: true }, { playing: false, positionMs: 60_000 }],
    ["plays again from the start after the end", [{ type: "toggle" }], { positionMs: 60_000 }, { playing: true, positionMs: 0 }],
    ["jumps to the next mark", [{ type: "mark", step: 1 }], { positionMs: 5_000 }, { positionMs: 30_000 }],
    ["stays when no mark follows", [{ type: "mark", step: 1 }], { positionMs: 31_000 }, { positionMs: 31_000 }],
    ["gets past a mark just left", [{ type: "mark", step: -1 }], { positionMs: 30_400 }, { positionMs: 5_000 }],
    ["goes back to the start before the first mark", [{ type: "mark", step: -1 }], { positionMs: 4_000 }, { positionMs: 0 }],
    ["goes no faster than the last rate", Array.from({ length: 9 }, () => ({ type: "rate", step: 1 })), {}, { rate: 2 }],
    ["goes no slower than the first rate", Array.from({ length: 9 }, () => ({ type: "rate", step: -1 })), {}, { rate: 0.75 }],
    ["takes no rate that is not offered", [{ type: "set_rate", rate: 40 }], {}, { rate: 1 }],
    ["plays through silence by default", [{ type: "progress", ms: 12_000 }], { playing: true }, { positionMs: 12_000 }],
    ["skips silence when asked", [{ type: "skip_silence" }, { type: "progress", ms: 12_000 }], { playing: true }, { positionMs: 20_000 }],
    ["lets a person look into a silence", [{ type: "skip_silence" }, { type: "seek_to", ms: 12_000 }], {}, { positionMs: 12_000 }],
    ["stays within a length that turns out shorter", [{ type: "length", ms: 8_000 }], { positionMs: 9_000 }, { positionMs: 8_000, durationMs: 8_000 }],
  ])("%s", (_name, actions, start, expected) => {
    expect(run(actions, start)).toMatchObject(expected);
  });
});

describe("columns", () => {
  it("keeps every peak when many buckets share a column", () => {
    const channel = [-0.1, 0.1, -0.9, 0.2, -0.1, 0.8, 0, 0];
    const out = columns(channel, 2);
    [-0.9, 0.2, -0.1, 0.8].forEach((sample, index) => {
      expect(out[index]).toBeCloseTo(sample);
    });
  });

  it("spreads few buckets over many columns without a hole", () => {
    const out = columns([-0.5, 0.5, -1, 1], 7);
    for (let x = 0; x < 7; x += 1) expect(out[x * 2 + 1]).toBeGreaterThanOrEqual(0.5);
  });

  it.each([0, 5])("draws nothing of nothing on %i columns", (width) => {
    expect([...columns([], width)]).toEqual(Array.from({ length: width * 2 }, () => 0));
  });
});

describe("silences", () => {
  const peaks = (levels: number[][]): Peaks => ({
    duration_ms: (levels[0]?.length ?? 0) * 1_000,
    channels: levels.map((channel) => channel.flatMap((level) => [-level, level])),
  });

  it("finds where nobody speaks, with a margin on both sides", () => {
    expect(silences(peaks([[0.5, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0.5]]))).toEqual([{ fromMs: 1_200, toMs: 4_800 }]);
  });

  it("leaves short pauses in", () => {
    expect(MIN_SILENCE_MS).toBeGreaterThan(600);
    expect(silences(peaks([[0.5, 0, 0.5]]))).toEqual([]);
  });

  it("finds silence that lasts to the end, and none in nothing", () => {
    expect(silences(peaks([[0.5, 0, 0, 0]]))).toEqual([{ fromMs: 1_200, toMs: 3_800 }]);
    expect(silences({ duration_ms: 0, channels: [] })).toEqual([]);
  });

  it("lifts quiet calls to be seen, and leaves mere noise alone", () => {
    expect(displayGain(peaks([[0.5]]))).toBeCloseTo(1.9);
    expect(displayGain(peaks([[0.001]]))).toBe(1);
  });
});

describe("marksOf", () => {
  it("places changes of state and gaps on the recording's own time", () => {
    const recording: Recording = {
      id: "r",
      started_at: at(10_000),
      duration_ms: 60_000,
      channels: ["customer", "agent"],
      gaps: [{ from_ms: 5_000, to_ms: 6_000, cause: "disk" }],
    };
    const segments = [
      { from: at(0), to: at(10_000), cause: "queued" },
      { from: at(10_000), to: at(30_000), cause: "talking" },
      { from: at(30_000), to: at(70_000), cause: "held" },
      { from: at(70_000), to: at(90_000), cause: "wrap_up" },
    ];
    expect(marksOf(recording, { segments }).map((mark) => [mark.atMs, mark.cause, mark.kind])).toEqual([
      [5_000, "disk", "gap"],
      [20_000, "held", "segment"],
    ]);
  });
});
