import { enUS as uiEnglish } from "@lingtong/ui/locales/en-US";
import { reasonText } from "@lingtong/ui";
import { zhCN as uiChinese } from "@lingtong/ui/locales/zh-CN";
import i18next, { type TFunction } from "i18next";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { causeText } from "../src/interaction/cause";
import * as codes from "../src/interaction/codes";
import { alarmText } from "../src/live/alarmText";
import { enUS } from "../src/locales/en-US";
import { zhCN } from "../src/locales/zh-CN";

type Words = TFunction<["console", "ui"]>;
type ToText = (t: Words, code: string) => string;

const CRATES = fileURLToPath(new URL("../../../../crates/", import.meta.url));
const ALARM_SOURCES = ["center", "journal", "node"].flatMap((crate) =>
  readdirSync(`${CRATES}${crate}/src`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".rs") && !file.includes("tests"))
    .map((file) => `${crate}/src/${file}`),
).concat("api/src/events/alarm.rs");
/** Every way by which the server names an alarm: in the center, in the journal, in the node, in the interface. */
const ALARM_CODES =
  /\.alarm\(now, \w+, "\w+"|Alarm \{\s*code: "\w+"|const (?:\w+_FAILED|TRUNK_[A-Z]+): &str = "\w+"|\balarm\("\w+"/g;
const NODES = readdirSync(`${CRATES}flow/src/nodes`)
  .filter((file) => file !== "testing.rs")
  .map((file) => `flow/src/nodes/${file}`);

/** What stands in quotes wherever the pattern matches the server's own sources, without their tests. */
function emitted(files: readonly string[], pattern: RegExp): string[] {
  const found = files.flatMap((file) => {
    const source = readFileSync(CRATES + file, "utf8").split("#[cfg(test)]\nmod tests")[0] ?? "";
    return [...source.matchAll(pattern)].flatMap((match) => [...match[0].matchAll(/"([^"]+)"/g)].map((one) => one[1] ?? ""));
  });
  return [...new Set(found)];
}

let zh: Words;
let en: Words;

beforeAll(async () => {
  const instance = i18next.createInstance();
  await instance.init({
    lng: "zh-CN",
    ns: ["console", "ui"],
    defaultNS: "console",
    resources: { "zh-CN": { console: zhCN, ui: uiChinese }, "en-US": { console: enUS, ui: uiEnglish } },
  });
  zh = instance.getFixedT("zh-CN", ["console", "ui"]);
  en = instance.getFixedT("en-US", ["console", "ui"]);
});

describe("codes that the server emits", () => {
  const rows: [string, ToText, string[], number][] = [
    ["causes", codes.endText, emitted(["types/src/cause.rs"], /impl Cause \{[^]*?\n\}/g), 19],
    ["node kinds", codes.nodeKindText, emitted(["flow/src/nodes/mod.rs"], /= \w+::"\w+",/g), 16],
    ["outlets", codes.outletText, emitted(NODES, /(?:required|optional): &\[[^\]]*\]/g), 15],
    ["details", codes.stepDetailText, emitted([...NODES, "flow/src/walk.rs"], /core\.detail = "[^"]+"/g), 7],
    ["strategies", codes.strategyText, emitted(["acd/src/strategy/mod.rs"], /const STRATEGIES[^]*?\];|last_agent: Arc.*/g), 9],
    ["terms", codes.termText, emitted(["acd/src/strategy/mod.rs"], /\w+: Arc::from\(.*/g), 11],
    ["exclusions", reasonText, emitted(["acd/src/members.rs"], /\["ready"[^\]]*\]/g), 7],
    ["refused offers", reasonText, emitted(["acd/src/output.rs"], /=> "(?:rona|declined|phone_\w+)"/g), 4],
    ["gap causes", codes.gapText, emitted(["center/src/ledger.rs"], /RecordingGap \{[^}]*\}/g), 1],
    ["alarms", alarmText, emitted(ALARM_SOURCES, ALARM_CODES), 15],
    ["segments", causeText, emitted(["types/src/record.rs"], /Setup = [^]*?Ending = "\w+"/g), 7],
  ];

  it.each(rows)("%s have Chinese words", (_name, toText, all, atLeast) => {
    expect(all.length).toBeGreaterThanOrEqual(atLeast);
    expect(all.filter((code) => !/\p{Script=Han}/u.test(toText(zh, code)))).toEqual([]);
    expect(all.filter((code) => !/[a-z]/i.test(toText(en, code)) || /\p{Script=Han}|_/u.test(toText(en, code)))).toEqual([]);
  });
});

describe("docs/operating", () => {
  it.each(["zh", "en"])("names every alarm (%s)", (language) => {
    const page = readFileSync(`${CRATES}../docs/operating/${language}/README.md`, "utf8");
    expect(emitted(ALARM_SOURCES, ALARM_CODES).filter((code) => !page.includes(`| \`${code}\` |`))).toEqual([]);
  });
});

describe("texts", () => {
  it.each<[ToText, string, string, string]>([
    [codes.endText, "normal", "正常挂断", "hung up"],
    [codes.endText, "", "–", "–"],
    [codes.stepDetailText, "digit 1", "按键 1", "key 1"],
    [codes.stepDetailText, "digit #", "按键 #", "key #"],
    [codes.stepDetailText, "4 digits", "已输入 4 位", "digits entered: 4"],
    [codes.stepDetailText, "holiday", "节假日", "holiday"],
    [codes.stepDetailText, "", "", ""],
    [reasonText, "phone_lost", "话机掉线", "Phone lost"],
    [reasonText, "signed_in", "刚刚登录", "Just signed in"],
    [reasonText, "feature_code", "话机功能码", "Feature code"],
  ])("%o says %s in both languages", (toText, code, chinese, english) => {
    expect([toText(zh, code), toText(en, code)]).toEqual([chinese, english]);
  });

  it.each<[string, ToText]>([...Object.entries(codes), ["reasonText", reasonText], ["causeText", causeText], ["alarmText", alarmText]])(
    "%s shows what it does not know as it came",
    (_name, toText) => {
      expect(toText(zh, "from_a_newer_server")).toBe("from_a_newer_server");
    },
  );
});
