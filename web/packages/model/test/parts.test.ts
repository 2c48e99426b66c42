import type { Permission } from "@lingtong/api";
import { describe, expect, it } from "vitest";
import { may, pagesFor } from "../src/access";
import { shortcut, type KeyPress } from "../src/keys";
import { search, type Command } from "../src/search";
import { timeline } from "../src/timeline";
import { at } from "./builders";

describe("timeline", () => {
  it("shares the bar by length and leaves out parts without any", () => {
    const parts = timeline([
      { from: at(30_000), to: at(40_000), cause: "talking" },
      { from: at(0), to: at(30_000), cause: "queued" },
      { from: at(40_000), to: at(40_000), cause: "held" },
    ]);
    expect(parts.map((part) => [part.cause, part.fromMs, part.share])).toEqual([
      ["queued", 0, 0.75],
      ["talking", 30_000, 0.25],
    ]);
    expect(timeline([])).toEqual([]);
  });
});

describe("search", () => {
  const commands: Command[] = [
    { id: "theme", title: "外观：深色", words: "theme dark" },
    { id: "page", title: "Dark matters", words: "page" },
    { id: "ready", title: "切换为就绪", words: "ready" },
  ];
  const found = (query: string): string[] =>
    search(query, commands).map((hit) => (hit.type === "command" ? hit.command.id : hit.type));

  it.each([
    ["", ["theme", "page", "ready"]],
    ["dark", ["page", "theme"]],
    ["theme dark", ["theme"]],
    ["就绪", ["ready"]],
    ["zzz", []],
    ["138 0013-8000", ["number"]],
    ["*50", ["number"]],
    ["5", []],
    ["01JD8ZGJDH05K7V3QH", ["interaction"]],
    ["0193a8f2-77b1-7c3e-9d55-2f6f0c1a9b10", ["interaction"]],
    ["internationalisation", []],
  ])("finds for %j", (query, expected) => {
    expect(found(query)).toEqual(expected);
  });
});

describe("shortcut", () => {
  const press = (change: Partial<KeyPress>): string | null =>
    shortcut({ key: "j", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, typing: false, onControl: false, ...change });

  it.each<[string, Partial<KeyPress>, string | null]>([
    ["a letter", {}, "j"],
    ["a letter with caps lock", { key: "J" }, "j"],
    ["Ctrl K and ⌘ K alike", { key: "k", ctrlKey: true }, "mod+k"],
    ["⌘ K", { key: "k", metaKey: true }, "mod+k"],
    ["a printed sign without its shift", { key: "?", shiftKey: true }, "?"],
    ["arrows with shift", { key: "ArrowLeft", shiftKey: true }, "shift+ArrowLeft"],
    ["Space", { key: " " }, "Space"],
    ["no Space that presses a button", { key: " ", onControl: true }, null],
    ["letters on a button", { onControl: true }, "j"],
    ["no letter that is typed", { typing: true }, null],
    ["Ctrl K while typing", { key: "k", ctrlKey: true, typing: true }, "mod+k"],
    ["Escape while typing", { key: "Escape", typing: true }, "Escape"],
    ["nothing with Alt", { altKey: true }, null],
  ])("names %s", (_name, change, expected) => {
    expect(press(change)).toBe(expected);
  });
});

describe("access", () => {
  it.each<[string[], Permission[], string[], boolean]>([
    [["agent"], [], ["interactions"], false],
    [["operator"], ["interactions.read_all"], ["live", "dashboards", "interactions", "callbacks", "reports"], false],
    [["night"], ["interactions.read_all", "agents.order"], ["live", "dashboards", "interactions", "callbacks", "reports"], true],
    [["auditor"], ["interactions.read_all", "settings.read"], ["live", "dashboards", "interactions", "callbacks", "reports", "flows", "prompts", "settings"], false],
    [[], [], [], false],
  ])("shows %j with %j the pages %j", (roles, permissions, pages, orders) => {
    expect(pagesFor({ roles, permissions })).toEqual(pages);
    expect(may({ permissions }, "agents.order")).toBe(orders);
  });
});
