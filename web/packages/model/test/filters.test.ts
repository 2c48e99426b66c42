import { describe, expect, it } from "vitest";
import { activeConditions, filterFromSearch, filterToQuery, filterToSearch, NO_FILTER, type InteractionFilter } from "../src/filters";
import { START } from "./builders";

describe("filters", () => {
  it("survive the address bar", () => {
    const filters: Partial<InteractionFilter>[] = [
      {},
      { period: "today" },
      { period: "all", number: "13800138000", outcome: "abandoned" },
      { queue: "q1", agent: "a1", direction: "outbound" },
      { period: "custom", from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z" },
      { period: "custom", to: "2026-03-02T00:00:00Z" },
    ];
    for (const change of filters) {
      const filter = { ...NO_FILTER, ...change };
      expect(filterFromSearch(filterToSearch(filter))).toEqual(filter);
    }
  });

  it("keep the address short", () => {
    expect(filterToSearch(NO_FILTER)).toEqual({});
    expect(filterToSearch({ ...NO_FILTER, number: "1" })).toEqual({ number: "1" });
  });

  it("drop what is unknown or malformed instead of failing", () => {
    const found = filterFromSearch({ period: "never", outcome: "great", direction: 5, from: "x", number: 95000, queue: ["a"] });
    expect(found).toEqual({ ...NO_FILTER, number: "95000" });
    expect(filterFromSearch({ period: "custom" }).period).toBe(NO_FILTER.period);
  });

  it("count the conditions besides the period", () => {
    expect(activeConditions({ ...NO_FILTER, period: "all" })).toBe(0);
    expect(activeConditions({ ...NO_FILTER, queue: "q", number: "1" })).toBe(2);
  });

  it.each([
    ["today", { from: "2026-03-01T16:00:00.000Z" }],
    ["yesterday", { from: "2026-02-28T16:00:00.000Z", to: "2026-03-01T16:00:00.000Z" }],
    ["7d", { from: "2026-02-23T16:00:00.000Z" }],
    ["all", {}],
  ] as const)("ask for %s in the tenant's days", (period, bounds) => {
    const query = filterToQuery({ ...NO_FILTER, period }, "Asia/Shanghai", START);
    expect({ from: query.from, to: query.to }).toEqual({ from: undefined, to: undefined, ...bounds });
  });

  it("ask for a number as digits, however it was written", () => {
    expect(filterToQuery({ ...NO_FILTER, number: "+86 (138) 0013-8000" }, "UTC", START).number).toBe("+8613800138000");
  });
});
