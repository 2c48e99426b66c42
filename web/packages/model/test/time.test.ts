import { describe, expect, it } from "vitest";
import { clock, instantOf, parseTime, relative, startOfDay, wallOf } from "../src/time";
import { START } from "./builders";

describe("clock", () => {
  it.each([
    [0, "0:00"],
    [-5_000, "0:00"],
    [7_999, "0:07"],
    [754_000, "12:34"],
    [3_600_000, "1:00:00"],
    [3_723_000, "1:02:03"],
  ])("shows %i ms as %s", (ms, text) => {
    expect(clock(ms)).toBe(text);
  });
});

describe("relative", () => {
  it.each([
    [-10_000, { value: 0, unit: "second" }],
    [-60_000, { value: -1, unit: "minute" }],
    [-50 * 60_000, { value: -1, unit: "hour" }],
    [-23 * 3_600_000, { value: -1, unit: "day" }],
    [120_000, { value: 2, unit: "minute" }],
    [-8 * 86_400_000, null],
  ])("tells %i ms", (ms, expected) => {
    expect(relative(START + ms, START)).toEqual(expected);
  });
});

describe("the tenant's day", () => {
  it.each([
    ["Asia/Shanghai", "2026-03-01T15:59:59Z", 0, "2026-02-28T16:00:00.000Z"],
    ["Asia/Shanghai", "2026-03-01T16:00:00Z", 0, "2026-03-01T16:00:00.000Z"],
    ["Asia/Shanghai", "2026-03-01T16:00:00Z", 1, "2026-02-28T16:00:00.000Z"],
    // Clocks went forward in the night before: the day began at the old offset.
    ["Europe/Berlin", "2026-03-29T12:00:00Z", 0, "2026-03-28T23:00:00.000Z"],
    ["Europe/Berlin", "2026-03-30T12:00:00Z", 0, "2026-03-29T22:00:00.000Z"],
    ["Europe/Berlin", "2026-10-26T12:00:00Z", 1, "2026-10-24T22:00:00.000Z"],
    ["America/St_Johns", "2026-01-10T02:00:00Z", 0, "2026-01-09T03:30:00.000Z"],
  ])("in %s at %s, %i days ago, began at %s", (zone, now, ago, began) => {
    expect(new Date(startOfDay(zone, Date.parse(now), ago)).toISOString()).toBe(began);
  });

  it("turns wall clocks into instants and back", () => {
    for (const zone of ["Asia/Shanghai", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "UTC"]) {
      for (let day = 0; day < 366; day += 1) {
        const instant = START + day * 86_400_000 + 1_000;
        expect(instantOf(zone, wallOf(zone, instant)), `${zone} day ${String(day)}`).toBe(instant);
      }
    }
  });
});

describe("parseTime", () => {
  it("makes no NaN of rubbish", () => {
    expect(parseTime("soon")).toBe(0);
  });
});
