import type { PlanBasis, SitePlan } from "@lingtong/api";
import { describe, expect, it } from "vitest";
import {
  csv,
  linePath,
  neighbours,
  PLAN_FIELD_IDS,
  PLAN_FIELDS,
  PLAN_GROUPS,
  planFromSearch,
  planToSearch,
  readPlan,
  roundTicks,
  stepPath,
  USUAL_PLAN,
  withBasis,
  type PlanFieldId,
} from "../src";

const typed = (text: Partial<Record<PlanFieldId, string>>) => ({ ...USUAL_PLAN, text: { ...USUAL_PLAN.text, ...text } });

const basis: PlanBasis = {
  from: "2026-10-01T00:00:00Z",
  to: "2026-10-29T00:00:00Z",
  days: 20,
  calls: 30_000,
  abandoned: 600,
  calls_a_day: 1500,
  aht_s: 182.4,
  wrap_up_s: 31.2,
  patience: { patience_s: 95.6, low_s: 88, high_s: 104 },
  curve: { opens: "09:00", interval_min: 30, arrivals: [1, 2] },
};

describe("the planner's form", () => {
  it("shows each field once", () => {
    const shown = PLAN_GROUPS.flatMap((group) => PLAN_FIELDS[group].map((one) => one.id));
    expect([...shown].sort()).toEqual([...PLAN_FIELD_IDS].sort());
  });

  it("asks for shares and leaves out what is left out", () => {
    const { request, problems } = readPlan(USUAL_PLAN, null);
    expect(problems.size).toBe(0);
    expect(request).toMatchObject({ calls: 20_000, headroom: 0.3, service_level: 0.8, blocking: 0.001, codec: "pcma" });
    expect(request).not.toHaveProperty("patience_s");
    expect(request).not.toHaveProperty("curve");
  });

  it("says at each field what is wrong with it", () => {
    const { problems } = readPlan(
      typed({ calls: "", aht_s: "abc", headroom: "-3", service_level: "100", seats: "2.5", recorded: "1e2" }),
      null,
    );
    expect(Object.fromEntries(problems)).toEqual({
      calls: { what: "missing" },
      aht_s: { what: "number" },
      headroom: { what: "number" },
      service_level: { what: "range", least: 0, most: 99.99 },
      seats: { what: "whole" },
      recorded: { what: "number" },
    });
    expect(readPlan(typed({ wrap_up_s: "200" }), null).problems.get("wrap_up_s")).toEqual({ what: "below_aht" });
  });

  it("is kept in the address, and what is odd there does no harm", () => {
    expect(planToSearch(USUAL_PLAN)).toEqual({});
    const draft = { ...typed({ calls: "900", patience_s: "60", headroom: "" }), codec: "opus", day: "own" } as const;
    expect(planFromSearch(planToSearch(draft))).toEqual(draft);
    expect(planFromSearch({ calls: 900, codec: "mp3", day: 7, aht_s: { a: 1 } })).toEqual(typed({ calls: "900" }));
  });

  it("takes what the centre's own records say", () => {
    const draft = withBasis(typed({ peak_share: "20", menu_s: "5" }), basis);
    expect(draft.text).toMatchObject({ calls: "1500", aht_s: "182", wrap_up_s: "31", patience_s: "96", peak_share: "", menu_s: "5" });
    expect(readPlan(draft, basis.curve ?? null).request.curve).toEqual(basis.curve);
    const nothing = { ...basis, calls_a_day: null, aht_s: null, wrap_up_s: null, patience: null, curve: null };
    expect(withBasis(USUAL_PLAN, nothing)).toEqual(USUAL_PLAN);
    expect(withBasis(USUAL_PLAN, { ...basis, aht_s: 3, wrap_up_s: 3 }).text).toMatchObject({ aht_s: "3", wrap_up_s: "2" });
  });
});

describe("what a plan is shown as", () => {
  it("compares with the seats beside", () => {
    const plan = { seats: 14, curve: [12, 13, 14, 15, 16].map((agents) => ({ agents })) } as unknown as SitePlan;
    expect(neighbours(plan)).toEqual({ fewer: { agents: 13 }, more: { agents: 15 } });
    expect(neighbours({ ...plan, seats: 12 }).fewer).toBeUndefined();
  });

  it("becomes a table that spreadsheets read", () => {
    expect(csv([["时间", 'a "b"', "x,y"], ["08:00", 1 / 3, 200]])).toBe(
      '\uFEFF时间,"a ""b""","x,y"\r\n08:00,0.3333333333,200\r\n',
    );
  });

  it("has round values on its axes", () => {
    expect(roundTicks(199, 4)).toEqual([0, 50, 100, 150, 200]);
    expect(roundTicks(1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(roundTicks(0, 4)).toEqual([0, 1]);
    expect(roundTicks(Infinity, 4)).toEqual([0, 1]);
  });

  it("is drawn with gaps where a value is missing", () => {
    expect(linePath([[0, 1], [10, null], [20, 2], [30, 3]])).toBe("M0.0 1.0M20.0 2.0L30.0 3.0");
    expect(stepPath([1, 2], 5, 10, (value) => value)).toBe("M5.0 1.0H15.0L15.0 2.0H25.0");
  });
});
