import type { TraceStep } from "@lingtong/api";
import { describe, expect, it } from "vitest";
import { agentFace, newerState, WRAP_UP_URGENT_MS, wrapUpAt } from "../../src/desk/agent";
import { callCard } from "../../src/desk/card";
import { colleagues } from "../../src/desk/colleagues";
import { dayFigures } from "../../src/desk/day";
import { dispositionTree, pathTo } from "../../src/desk/dispositions";
import { agent, at, call, START } from "../builders";

describe("newerState", () => {
  const answered = { agent_id: "me", state: "ready", since: at(1_000) } as const;

  it("believes the newer of event and answer", () => {
    expect(newerState(agent("me", { state: "talking", since: at(2_000) }), answered)?.state).toBe("talking");
    expect(newerState(agent("me", { state: "talking", since: at(500) }), answered)?.state).toBe("ready");
    expect(newerState(undefined, answered)?.state).toBe("ready");
    expect(newerState(undefined, undefined)).toBeNull();
  });
});

describe("agentFace", () => {
  it("says when a change waits for the end of the call, and what was asked for", () => {
    const next = { state: "not_ready", reason: "lunch" } as const;
    const talking = { ...agent("me", { state: "talking" }), agent_id: "me", next };
    expect(agentFace(talking)).toMatchObject({ afterCall: true, next: { reason: "lunch" } });
    expect(agentFace({ agent_id: "me", state: "offline", since: at(0) })).toMatchObject({ needsPhone: true, next: null });
  });
});

describe("wrapUpAt", () => {
  const state = { state: "wrap_up", since: at(0), until: at(30_000) } as const;

  it.each([
    [0, 30_000, 0, false],
    [15_000, 15_000, 0.5, false],
    [30_000 - WRAP_UP_URGENT_MS, WRAP_UP_URGENT_MS, 2 / 3, true],
    [45_000, 0, 1, true],
  ])("after %i ms leaves %i", (ms, remainingMs, passed, urgent) => {
    const found = wrapUpAt(state, START + ms);
    expect(found).toMatchObject({ remainingMs, urgent });
    expect(found?.passed).toBeCloseTo(passed);
  });

  it("has no end where none is set, and is nothing in another state", () => {
    expect(wrapUpAt({ ...state, until: null }, START)).toEqual({ remainingMs: null, passed: 0, urgent: false });
    expect(wrapUpAt({ ...state, state: "ready" }, START)).toBeNull();
  });
});

describe("callCard", () => {
  const step = (node: string, detail: string, words: Partial<TraceStep> = {}): TraceStep => ({ at: at(0), node, kind: "menu", detail, ...words });

  it("says who, through which queue, what was pressed and how long they waited", () => {
    const live = call("i1", { from: "13800138000", to: "95000", queue_id: "sales", state: "ringing" });
    const words = { title: { zh: "主菜单", en: "Main menu" }, choice: { zh: "销售", en: "Sales" } };
    const trace = [step("main", "digit 1", words), step("account", "6 digits"), step("hours", "open")];
    const card = callCard(
      { phone: null, live, reachedAt: null, detail: { trace }, card: { customer: { id: "c", name: "王女士", vip_level: 2, tags: ["老客户"] } } },
      START + 42_000,
    );
    expect(card).toMatchObject({
      number: "13800138000",
      dialled: "95000",
      queueId: "sales",
      waitMs: 42_000,
      customer: { name: "王女士", vipLevel: 2 },
      pressed: [
        { node: words.title, key: "1", choice: words.choice },
        { node: { zh: "account", en: "account" }, key: "••••••", choice: null },
      ],
      path: [{ node: words.title }, { node: { en: "account" } }, { node: { en: "hours" } }],
    });
  });

  it("stops the wait when the call is answered", () => {
    const live = call("i1", { state: "held", state_since: at(50_000) });
    expect(callCard({ phone: null, live, reachedAt: at(9_000), detail: null, card: null }, START + 99_000).waitMs).toBe(9_000);
  });

  it("shows the other side of a call that goes out, and does with what the phone knows", () => {
    const out = call("i1", { direction: "outbound", from: "95000", to: "13900139000" });
    expect(callCard({ phone: null, live: out, reachedAt: null, detail: null, card: null }, START).number).toBe("13900139000");
    const alone = callCard({ phone: { number: "1002", direction: "out" }, live: null, reachedAt: null, detail: null, card: null }, START);
    expect(alone).toMatchObject({ number: "1002", direction: "outbound", waitMs: null, pressed: [] });
  });
});

describe("colleagues", () => {
  const all = [
    agent("me", { queues: ["sales"] }),
    agent("1010", { state: "talking" }),
    agent("1004", { queues: ["support"], since: at(0) }),
    agent("1003", { since: at(5_000) }),
    agent("1002", { since: at(1_000) }),
    agent("1009", { state: "offline", name: "Li Si" }),
  ];

  it("puts first who can help first, without me and without who is away", () => {
    expect(colleagues(all, "me", "").map((one) => one.number)).toEqual(["1002", "1003", "1004", "1010"]);
  });

  it("finds by number or name, also who is away", () => {
    expect(colleagues(all, "me", " li s").map((one) => one.number)).toEqual(["1009"]);
    expect(colleagues(all, "me", "100").map((one) => one.number)).toEqual(["1002", "1003", "1004", "1009"]);
  });
});

describe("dayFigures", () => {
  const none = { answered: 0, missed: 0, talk_ms: 0, hold_ms: 0, wrap_up_ms: 0 };
  const idle = { ready_ms: 0, not_ready_ms: 0, busy_ms: 0, signed_in_ms: 0, hours: [] };

  it("shows the hours by the clock of the tenant's zone, and those between without a call", () => {
    const calls = { answered: 3, missed: 2, talk_ms: 300_000, hold_ms: 60_000, wrap_up_ms: 90_000 };
    const hours = [
      { ...none, from: "2026-03-01T04:00:00Z", answered: 2 },
      { ...none, from: "2026-03-01T06:00:00Z", answered: 1, missed: 2 },
    ];
    const found = dayFigures({ ...idle, ...calls, busy_ms: 450_000, signed_in_ms: 900_000, hours }, "Asia/Shanghai");
    expect(found).toMatchObject({ answered: 3, missed: 2, ahtMs: 150_000, wrapUpEachMs: 30_000, occupancy: 0.5 });
    expect(found.hours.map((hour) => [hour.hour, hour.answered, hour.missed])).toEqual([
      [12, 2, 0],
      [13, 0, 0],
      [14, 1, 2],
    ]);
  });

  it("has no averages before the first call", () => {
    expect(dayFigures({ ...none, ...idle }, "Asia/Shanghai")).toMatchObject({ ahtMs: null, occupancy: null, hours: [] });
  });
});

describe("dispositions", () => {
  const choice = (code: string) => ({ code, title: { zh: code, en: code } });
  const tree = dispositionTree(["complaint.delivery", "solved", "complaint", "complaint.delivery.late", "wrong.number"].map(choice));

  it("stand below the one that their code goes on from, where there is one", () => {
    expect(tree.map((node) => node.code)).toEqual(["solved", "complaint", "wrong.number"]);
    expect(tree[1]?.children[0]?.children.map((node) => node.code)).toEqual(["complaint.delivery.late"]);
  });

  it("are found by code", () => {
    expect(pathTo(tree, "complaint.delivery.late").map((node) => node.code)).toEqual([
      "complaint",
      "complaint.delivery",
      "complaint.delivery.late",
    ]);
    expect(pathTo(tree, "nothing")).toEqual([]);
  });
});
