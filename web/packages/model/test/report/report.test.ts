import type { Report, ReportLine } from "@lingtong/api";
import { describe, expect, it } from "vitest";
import {
  changeOf,
  chosenColumns,
  columnsOf,
  courseOf,
  drillOf,
  everyFor,
  filterFromSearch,
  filterToQuery,
  fits,
  lonely,
  placesOf,
  ranked,
  REPORT_BY,
  REPORT_PERIODS,
  reportFromSearch,
  reportQuery,
  reportToSearch,
  SERVICE_LEVELS,
  spanBefore,
  spanOf,
  stacked,
  toneOf,
  USUAL_REPORT,
  usualColumns,
  type ReportDraft,
  type ReportPeriod,
} from "../../src";
import { START } from "../builders";

const SHANGHAI = "Asia/Shanghai";
const NONE = { from: 0, to: 0 };
const DAY = 86_400_000;

function line(id: string, change: Partial<ReportLine> = {}): ReportLine {
  return {
    from: "2026-03-02T04:00:00Z",
    to: "2026-03-02T04:30:00Z",
    subject: { id, name: id, title: { zh: id, en: id } },
    contacts: 10,
    offered: 10,
    answered: 8,
    answered_in_target: 6,
    abandoned: 1,
    abandoned_short: 0,
    abandoned_in_target: 1,
    went_on: 1,
    missed_ring: 0,
    transferred: 0,
    resolvable: 8,
    repeated: 2,
    waited_ms: 1000,
    longest_wait_ms: 900,
    answer_wait_ms: 800,
    talking_ms: 100,
    holding_ms: 0,
    wrapping_ms: 0,
    service_level: { of_offered: 0.6, without_early_abandons: 2 / 3, of_answered: 0.75, abandons_as_served: 0.7 },
    handle_time_ms: 12.5,
    answer_speed_ms: 100,
    abandon_rate: 0.1,
    transfer_rate: 0,
    resolution: 0.75,
    ...change,
  };
}

describe("a report's period", () => {
  // Monday, noon, in Shanghai.
  const iso = (period: ReportPeriod, at = START): [string, string] => {
    const { from, to } = spanOf(period, NONE, SHANGHAI, at);
    return [new Date(from + 8 * 3_600_000).toISOString().slice(0, 16), new Date(to + 8 * 3_600_000).toISOString().slice(0, 16)];
  };

  it.each([
    ["today", "2026-03-02", "2026-03-03"],
    ["yesterday", "2026-03-01", "2026-03-02"],
    ["this_week", "2026-03-02", "2026-03-09"],
    ["last_week", "2026-02-23", "2026-03-02"],
    ["this_month", "2026-03-01", "2026-04-01"],
    ["last_month", "2026-02-01", "2026-03-01"],
    ["7d", "2026-02-24", "2026-03-03"],
    ["30d", "2026-02-01", "2026-03-03"],
  ] as const)("%s is counted in the tenant's days", (period, from, to) => {
    expect(iso(period)).toEqual([`${from}T00:00`, `${to}T00:00`]);
  });

  it("begins its week on Monday also on a Sunday", () => {
    expect(iso("this_week", START - DAY)).toEqual(["2026-02-23T00:00", "2026-03-02T00:00"]);
  });

  it("is widened to whole quarters of an hour, and never empty", () => {
    const minute = 60_000;
    expect(spanOf("custom", { from: START + minute, to: START + 20 * minute }, SHANGHAI, START)).toEqual({ from: START, to: START + 30 * minute });
    expect(spanOf("custom", { from: START, to: START }, SHANGHAI, START)).toEqual({ from: START, to: START + 15 * minute });
  });

  it("is compared with as much of the one before as has passed", () => {
    const today = spanOf("today", NONE, SHANGHAI, START);
    expect(spanBefore("today", today, SHANGHAI, START)).toEqual({ from: today.from - DAY, to: START + 900_000 - DAY });
    const yesterday = spanOf("yesterday", NONE, SHANGHAI, START);
    expect(spanBefore("yesterday", yesterday, SHANGHAI, START)).toEqual({ from: yesterday.from - DAY, to: yesterday.from });
    const month = spanOf("last_month", NONE, SHANGHAI, START);
    expect(spanBefore("last_month", month, SHANGHAI, START)).toEqual({ from: month.from - 31 * DAY, to: month.from });
  });

  it("is told by intervals that are not too many", () => {
    const today = spanOf("today", NONE, SHANGHAI, START);
    const month = spanOf("this_month", NONE, SHANGHAI, START);
    expect([everyFor("", today), everyFor("", month), everyFor("15", today), everyFor("15", month)]).toEqual(["30", "day", "15", "day"]);
    for (const period of REPORT_PERIODS) expect(fits("day", spanOf(period, { from: START, to: START + 900 * DAY }, SHANGHAI, START))).toBe(true);
  });

  it("has a place for each interval, quiet ones too", () => {
    const month = spanOf("this_month", NONE, SHANGHAI, START);
    expect(placesOf("day", month, 480)).toHaveLength(31);
    expect(placesOf("week", month, 480).map((at) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10))).toEqual([
      "2026-03-01", "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30",
    ]);
    expect(placesOf("month", { from: month.from, to: month.to + 5 * DAY }, 480)).toHaveLength(2);
    expect(placesOf("30", { from: START, to: START + 2 * 3_600_000 }, 480)).toHaveLength(4);
  });
});

describe("a report's address", () => {
  it("says all that was chosen, and nothing that is usual", () => {
    expect(reportToSearch(USUAL_REPORT)).toEqual({});
    const drafts: Partial<ReportDraft>[] = [
      { by: "agent", period: "last_month", every: "day", columns: ["answered", "occupancy"] },
      { period: "custom", from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z", compare: true },
      { subjects: ["1", "2"], level: "of_answered", focus: "2" },
    ];
    for (const part of drafts) {
      const draft = { ...USUAL_REPORT, ...part };
      expect(reportFromSearch(reportToSearch(draft))).toEqual(draft);
    }
  });

  it("drops what is unknown or malformed", () => {
    const found = reportFromSearch({ by: "moon", period: "custom", from: "x", every: 7, subjects: 95000, columns: "answered,bad", level: [] });
    expect(found).toEqual({ ...USUAL_REPORT, subjects: ["95000"], columns: ["answered"] });
    expect(reportFromSearch({ every: 15 }).every).toBe("15");
  });
});

describe("a report's figures", () => {
  it("are those that its subjects have", () => {
    for (const by of REPORT_BY) {
      const all = columnsOf(by).map((column) => column.id);
      expect(usualColumns(by).filter((id) => !all.includes(id)), by).toEqual([]);
      expect(chosenColumns(by, ["no such"]).map((column) => column.id)).toEqual(all.filter((id) => usualColumns(by).includes(id)));
    }
    expect(columnsOf("agent").some((column) => column.id === "service_level")).toBe(false);
    expect(columnsOf("queue").some((column) => column.id === "occupancy")).toBe(false);
  });

  it("take the service level by the formula that was chosen", () => {
    const column = columnsOf("queue").find((one) => one.id === "service_level");
    expect(SERVICE_LEVELS.map((level) => column?.value(line("q"), level))).toEqual([0.6, 2 / 3, 0.75, 0.7]);
  });

  it("open the interactions that they count", () => {
    const drill = drillOf("queue", line("42"), "abandoned");
    const query = filterToQuery(filterFromSearch({ ...drill }), SHANGHAI, START);
    expect(query).toMatchObject({ by: "queue", subject: "42", figure: "abandoned", from: "2026-03-02T04:00:00Z", to: "2026-03-02T04:30:00Z" });
    // Two of the three would be refused.
    expect(filterFromSearch({ by: "queue", subject: "42" })).toMatchObject({ by: "", subject: "", figure: "" });
  });

  it("change for the better or the worse", () => {
    const [abandoned, level] = ["abandoned", "service_level"].map((id) => columnsOf("queue").find((one) => one.id === id));
    if (abandoned === undefined || level === undefined) throw new Error("no such column");
    expect(changeOf(abandoned, 15, 10)).toBeCloseTo(0.5);
    expect(changeOf(level, 0.85, 0.8)).toBeCloseTo(0.05);
    expect([changeOf(abandoned, 3, 0), changeOf(level, null, 0.5)]).toEqual([null, null]);
    expect([toneOf(abandoned, 0.5), toneOf(level, 0.05), toneOf(level, 0)]).toEqual(["worse", "better", null]);
  });

  it("stand at their interval", () => {
    const span = { from: START, to: START + 2 * 3_600_000 };
    const report: Report = { utc_offset_min: 480, items: [line("a"), line("b"), line("a", { from: "2026-03-02T05:00:00Z", answered: 3 })] };
    const course = courseOf(report, "30", span, "a");
    expect(course.lines.map((one) => one?.answered ?? null)).toEqual([8, null, 3, null]);
    expect(ranked([line("b", { contacts: 1 }), line("a")]).map((one) => one.subject.id)).toEqual(["a", "b"]);
    expect(reportQuery("queue", "30", span, ["a", "b"])).toEqual({
      by: "queue", every: "30", from: "2026-03-02T04:00:00.000Z", to: "2026-03-02T06:00:00.000Z", subject: "a,b",
    });
  });

  it("are drawn upon each other, and also where they stand alone", () => {
    expect(stacked([[1, null, 2], [3, 4, null]])).toEqual([[1, 0, 2], [4, 4, 2]]);
    expect(lonely([1, null, 2, 3, null, null, 4])).toEqual([0, 6]);
  });
});
