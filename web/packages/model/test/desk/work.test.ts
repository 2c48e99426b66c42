import { ApiError, type Interaction, type InteractionDetail, type LiveInteraction } from "@lingtong/api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_DRAFTS, NOTE_CHARS } from "../../src/desk/drafts";
import { DeskWork, SAVE_AFTER_MS, SAVE_RETRY_MS, SAVE_TRIES, type WorkSource } from "../../src/desk/work";
import { agent, at, call } from "../builders";

const past = (id: string): Interaction => ({ id, from: "13800138000" }) as Interaction;

class Source implements WorkSource {
  asked: string[] = [];
  disposed: [string, { code: string; note: string }][] = [];
  outcome: () => Promise<void> = () => Promise.resolve();
  stored: string | null = null;

  interaction: WorkSource["interaction"] = (id) => {
    this.asked.push(`detail ${id}`);
    return Promise.reject(new ApiError("not_found", "no", 404));
  };
  history = (number: string) => {
    this.asked.push(`history ${number}`);
    return Promise.resolve([past("now"), past("before")]);
  };
  card = (id: string) => {
    this.asked.push(`card ${id}`);
    return Promise.resolve({ place: { zh: "广东 深圳", en: "Shenzhen" } });
  };
  dispose = (id: string, change: { code: string; note: string }) => {
    this.disposed.push([id, change]);
    return this.outcome();
  };
  drafts = {
    load: () => this.stored,
    save: (text: string) => {
      this.stored = text;
    },
  };
}

const board = (...calls: LiveInteraction[]): ReadonlyMap<string, LiveInteraction> => new Map(calls.map((one) => [one.id, one]));
const now = call("now", { from: "13800138000", state: "ringing", queue_id: "sales" });

describe("DeskWork", () => {
  let source: Source;
  let work: DeskWork;

  const ring = async (): Promise<void> => {
    work.follow(agent("me", { state: "ringing", interaction_id: "now" }), board(now));
    await vi.advanceTimersByTimeAsync(0);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    source = new Source();
    work = new DeskWork(source);
  });
  afterEach(() => {
    work.stop();
    vi.useRealTimers();
  });

  it("shows the call from the first ring to the end of the wrap-up", async () => {
    await ring();
    expect(work.getView()).toMatchObject({ stage: "ringing", interactionId: "now", live: { from: "13800138000" } });
    const answered: LiveInteraction = { ...now, state: "talking", queue_id: null };
    work.follow(agent("me", { state: "talking", interaction_id: "now", since: at(9_000) }), board(answered));
    expect(work.getView()).toMatchObject({ stage: "talking", reachedAt: at(9_000), live: { queue_id: "sales" } });
    work.follow(agent("me", { state: "wrap_up" }), board());
    expect(work.getView()).toMatchObject({ stage: "wrap_up", interactionId: "now", live: { queue_id: "sales" } });
    work.follow(agent("me", { state: "ready" }), board());
    expect(work.getView()).toMatchObject({ stage: "idle", interactionId: null, live: null });
  });

  it("looks up who calls, and that number's other calls, once", async () => {
    await ring();
    await ring();
    expect(source.asked.filter((one) => one.startsWith("history"))).toEqual(["history 13800138000"]);
    expect(work.getView().history.items.map((one) => one.id)).toEqual(["before"]);
    expect(work.getView().card?.place?.en).toBe("Shenzhen");
  });

  it.each(["", "138****8000", "anonymous"])("looks nothing up for %j, which many people share", async (from) => {
    work.follow(agent("me", { state: "ringing", interaction_id: "now" }), board({ ...now, from }));
    await vi.advanceTimersByTimeAsync(0);
    expect(source.asked.some((one) => one.startsWith("history"))).toBe(false);
  });

  it("does not show one call's answers with another", async () => {
    let answer: (found: Interaction[]) => void = () => undefined;
    source.history = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await ring();
    work.follow(agent("me", { state: "ringing", interaction_id: "next" }), board(call("next", { from: "" })));
    answer([past("before")]);
    await vi.advanceTimersByTimeAsync(0);
    expect(work.getView()).toMatchObject({ interactionId: "next", history: { items: [] } });
  });

  it("hands over what was written when the agent pauses, as one", async () => {
    await ring();
    work.write({ note: "a", code: "solved" });
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS - 1);
    work.write({ note: "ab", code: "solved" });
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(source.disposed).toEqual([["now", { code: "solved", note: "ab" }]]);
    expect(work.getView().save).toBe("saved");
  });

  it("hands over what is left when the next call comes", async () => {
    await ring();
    work.write({ note: "unfinished", code: "solved" });
    work.follow(agent("me", { state: "ready" }), board());
    expect(source.disposed).toEqual([["now", { code: "solved", note: "unfinished" }]]);
  });

  it("tries again by itself, then asks, and loses nothing meanwhile", async () => {
    source.outcome = () => Promise.reject(new ApiError("offline", "gone"));
    await ring();
    work.write({ note: "kept", code: "solved" });
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS + SAVE_RETRY_MS * 2 ** SAVE_TRIES);
    expect(source.disposed).toHaveLength(SAVE_TRIES);
    expect(work.getView()).toMatchObject({ save: "failed", draft: { note: "kept" } });
    source.outcome = () => Promise.resolve();
    work.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(work.getView().save).toBe("saved");
  });

  it("goes on with what a colleague wrote who handed the call on, and never over what is written here", async () => {
    const said = { code: "billing", note: "asks for an invoice" };
    source.interaction = () => Promise.resolve({ id: "now", said } as InteractionDetail);
    await ring();
    expect(work.getView()).toMatchObject({ draft: said, save: "saved" });
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(source.disposed).toEqual([]);
    work.write({ note: "asks for an invoice; sent" });
    work.follow(agent("me", { state: "talking", interaction_id: "now" }), board(now));
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(source.disposed).toEqual([["now", { code: "billing", note: "asks for an invoice; sent" }]]);
    expect(work.getView().draft.note).toBe("asks for an invoice; sent");
  });

  it("shows what was handed over to a page that is loaded anew, until the call is left", async () => {
    await ring();
    work.write({ note: "mine" });
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    const anew = new DeskWork(source);
    anew.follow(agent("me", { state: "talking", interaction_id: "now" }), board());
    expect(anew.getView().draft.note).toBe("mine");
    anew.stop();
    work.follow(agent("me", { state: "ready" }), board());
    expect(source.drafts.load()).toBe("[]");
  });

  it("does not repeat what the server refuses", async () => {
    source.outcome = () => Promise.reject(new ApiError("invalid", "no", 422));
    await ring();
    work.write({ code: "nonsense" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(source.disposed).toHaveLength(1);
    expect(work.getView().save).toBe("failed");
  });

  it("hands a note over without a choice, and again with one", async () => {
    await ring();
    work.write({ note: " " });
    expect(work.getView().save).toBe("empty");
    work.write({ note: "mine" });
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    work.write({ code: "solved" });
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(source.disposed).toEqual([
      ["now", { code: "", note: "mine" }],
      ["now", { code: "solved", note: "mine" }],
    ]);
  });

  it("keeps few drafts, and no note longer than the server takes", async () => {
    source.outcome = () => Promise.reject(new ApiError("offline", "gone"));
    for (let index = 0; index < MAX_DRAFTS + 5; index += 1) {
      const id = `i${String(index)}`;
      work.follow(agent("me", { state: "talking", interaction_id: id }), board());
      work.write({ note: "x".repeat(NOTE_CHARS + 50) });
    }
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    const kept = JSON.parse(source.stored ?? "[]") as [string, { note: string }][];
    expect(kept).toHaveLength(MAX_DRAFTS);
    expect(kept.every(([, draft]) => draft.note.length === NOTE_CHARS)).toBe(true);
  });

  it("survives rubbish in the browser's storage", async () => {
    source.stored = '[1, ["now"], {"a": 2}';
    await ring();
    expect(work.getView().draft).toEqual({ code: "", note: "" });
  });
});
