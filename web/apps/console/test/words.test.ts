import { enUS as uiEnglish } from "@lingtong/ui/locales/en-US";
import { zhCN as uiChinese } from "@lingtong/ui/locales/zh-CN";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { enUS as deskEnglish } from "../../desk/src/locales/en-US";
import { zhCN as deskChinese } from "../../desk/src/locales/zh-CN";
import { enUS as boardEnglish } from "../src/locales/dashboards.en-US";
import { zhCN as boardChinese } from "../src/locales/dashboards.zh-CN";
import { enUS as flowEnglish } from "../src/locales/flows.en-US";
import { zhCN as flowChinese } from "../src/locales/flows.zh-CN";
import { enUS as reportEnglish } from "../src/locales/reports.en-US";
import { zhCN as reportChinese } from "../src/locales/reports.zh-CN";
import { enUS } from "../src/locales/en-US";
import { zhCN } from "../src/locales/zh-CN";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SOURCES = ["apps/console/src/", "apps/desk/src/", "packages/ui/src/"].flatMap((folder) =>
  readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes("locales"))
    .map((file) => folder + file),
);
/** Attributes whose text a person reads or hears. */
const SPOKEN = new Set(["title", "alt", "placeholder", "label", "aria-label", "aria-description", "description"]);
/** Signs and units that are the same in every language. */
const NEUTRAL = /^[^\p{L}]*(?:ms)?[^\p{L}]*$/u;
const HAN = /\p{Script=Han}/u;

function flatten(words: object, prefix = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(words) as [string, unknown][]) {
    if (typeof value === "string") out.set(prefix + key, value);
    else if (typeof value === "object" && value !== null) {
      for (const [inner, text] of flatten(value, `${prefix}${key}.`)) out.set(inner, text);
    }
  }
  return out;
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((one) => one[1] ?? "").sort();
}

function literals(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(ROOT + file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const note = (node: ts.Node, text: string): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push(`${file}:${String(line)} ${text.trim()}`);
  };
  const visit = (node: ts.Node): void => {
    // Keys are called what is printed on the keyboard.
    if (ts.isJsxElement(node) && node.openingElement.tagName.getText() === "Kbd") return;
    if (ts.isJsxText(node) && !NEUTRAL.test(node.text)) note(node, node.text);
    if (ts.isStringLiteralLike(node)) {
      const parent = node.parent;
      const inElement = ts.isJsxExpression(parent) && (ts.isJsxElement(parent.parent) || ts.isJsxFragment(parent.parent));
      const spoken = ts.isJsxAttribute(parent) && SPOKEN.has(parent.name.getText());
      if (HAN.test(node.text) || ((inElement || spoken) && !NEUTRAL.test(node.text))) note(node, node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe.each([
  ["console", zhCN, enUS],
  ["dashboards", boardChinese, boardEnglish],
  ["flows", flowChinese, flowEnglish],
  ["reports", reportChinese, reportEnglish],
  ["desk", deskChinese, deskEnglish],
  ["ui", uiChinese, uiEnglish],
])("words of %s", (_name, chinese, english) => {
  const zh = flatten(chinese);
  const en = flatten(english);

  it("has the same keys in both languages", () => {
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
  });

  it("leaves no word empty, and fills the same places in both languages", () => {
    for (const [key, text] of zh) {
      if (key !== "save.empty") expect(text.trim(), key).not.toBe("");
      expect(placeholders(en.get(key) ?? ""), key).toEqual(placeholders(text));
    }
  });

  it("is English in English", () => {
    // A language is named in itself, so that its speakers find it.
    const foreign = [...en].filter(([key, text]) => HAN.test(text) && key !== "language.zh-CN");
    expect(foreign).toEqual([]);
  });
});

describe("sources", () => {
  it("are really read", () => {
    expect(SOURCES.length).toBeGreaterThan(20);
  });

  it("carry no untranslated text", () => {
    expect(SOURCES.flatMap(literals)).toEqual([]);
  });

  it.each([
    ["console", zhCN, "apps/console/"],
    ["dashboards", boardChinese, "apps/console/"],
    ["flows", flowChinese, "apps/console/"],
    ["reports", reportChinese, "apps/console/"],
    ["desk", deskChinese, "apps/desk/"],
    ["ui", uiChinese, ""],
  ])("use every word of %s", (_name, words, folder) => {
    const own = SOURCES.filter((file) => file.startsWith(folder) || file.startsWith("packages/ui/"));
    const code = own.map((file) => readFileSync(ROOT + file, "utf8")).join("\n");
    // Words of `ui` are named so from outside; a part of a key may be built from a value, and its end is chosen by a count.
    const unused = [...flatten(words).keys()].map((key) => key.replace(/_(?:one|other)$/, "")).filter((key) => {
      const parts = key.split(".").map((part) => part.replace(/\W/g, "\\$&"));
      const built = parts.map((_, at) => parts.map((part, index) => (index === at ? "\\$\\{[^`]*\\}" : part)).join("\\."));
      const said = new RegExp(`["\`](?:ui:)?(?:${[parts.join("\\."), ...built.slice(1)].join("|")})["\`]`);
      return !said.test(code) && !/^(?:keys|error)\./.test(key);
    });
    expect(unused).toEqual([]);
  });
});
