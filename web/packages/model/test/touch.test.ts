import type { LiveEvent } from "@lingtong/api";
import { describe, expect, it } from "vitest";
import { interactionOf, titleIn, touchesCallbacks } from "../src";
import { agent, at, call, queue } from "./builders";

const HEAD = { id: "1", at: at(0) };

describe("what an event touches", () => {
  const cases: [LiveEvent, string | null, boolean][] = [
    [{ ...HEAD, type: "interaction.ended", interaction: call("c1") }, "c1", false],
    [{ ...HEAD, type: "agent.state", agent: agent("1001", { interaction_id: "c1" }) }, "c1", false],
    [{ ...HEAD, type: "interaction.disposition", interaction_id: "c1", code: "solved", by: "1001" }, "c1", false],
    [{ ...HEAD, type: "survey.answered", interaction_id: "c1", question: "q", answer: "1" }, "c1", false],
    [{ ...HEAD, type: "callback.requested", callback_id: "9", interaction_id: "c1", number: "138" }, "c1", true],
    [{ ...HEAD, type: "callback.changed", callback_id: "9", status: "done", by: "2001" }, null, true],
    [{ ...HEAD, type: "queue.stats", queue: queue("sales") }, null, false],
  ];
  it.each(cases)("%o", (event, interaction, callbacks) => {
    expect([interactionOf(event), touchesCallbacks(event)]).toEqual([interaction, callbacks]);
  });
});

describe("a title", () => {
  it("is told in the screen's language", () => {
    const title = { zh: "销售", en: "Sales" };
    expect([titleIn(title, "zh-CN"), titleIn(title, "en-US"), titleIn(null, "zh-CN")]).toEqual(["销售", "Sales", ""]);
  });
});
