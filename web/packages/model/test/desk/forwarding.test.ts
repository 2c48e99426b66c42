import type { LiveInteraction } from "@lingtong/api";
import { expect, test } from "vitest";
import { parkedCalls, targetOf, textOf } from "../../src";

test("a rule is read and written as the server says it", () => {
  for (const text of ["1002", "+8613812345678", "queue:sales", "voicemail"]) expect(textOf(targetOf(text))).toBe(text);
  expect(targetOf(undefined)).toEqual({ kind: "none", value: "" });
  expect(textOf({ kind: "none", value: "1002" })).toBeNull();
  expect(textOf({ kind: "number", value: " (021) 6288-1234" })).toBe("02162881234");
});

test("parked calls are listed with their slots, the longest waiting first", () => {
  const call = (id: string, slot: number | null, since: string): LiveInteraction => ({
    id,
    channel: "voice",
    direction: "inbound",
    state: slot === null ? "talking" : "parked",
    from: `from ${id}`,
    to: "95001",
    started_at: since,
    state_since: since,
    slot,
  });
  const parked = parkedCalls([
    call("late", 702, "2026-03-01T10:00:30Z"),
    call("talks", null, "2026-03-01T10:00:00Z"),
    call("early", 701, "2026-03-01T10:00:10Z"),
  ]);
  expect(parked.map((one) => [one.slot, one.number])).toEqual([
    ["701", "from early"],
    ["702", "from late"],
  ]);
});
