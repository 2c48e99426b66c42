import { FORM_VERSION, type FlowDocument, type FlowNode, type FlowNote, type NoteColour, type Words } from "./document";
import { layOut } from "./layout";
import type { KindForm } from "./ports";

export type Both = Required<Words>;

interface TemplateNode {
  name: Both;
  node: FlowNode;
}

/** A flow to start from. */
export interface Template {
  id: "blank" | "shop" | "bank" | "hospital" | "after_hours" | "survey";
  title: Both;
  text: Both;
  start: string;
  nodes: Readonly<Record<string, TemplateNode>>;
  note?: { text: Both; colour: NoteColour };
}

const node = (zh: string, en: string, kind: string, fields: Readonly<Record<string, unknown>>, outlets: Readonly<Record<string, string>> = {}): TemplateNode => ({
  name: { zh, en },
  node: { kind, ...fields, ...(Object.keys(outlets).length > 0 ? { outlets } : {}) },
});

/** The queue that a template's calls wait in; a centre puts its own in its place. */
const QUEUE = { first: "sales", second: "support" };
const WEEK = ["mon", "tue", "wed", "thu", "fri"];
const weekly = (spans: readonly (readonly [string, string])[], days: readonly string[] = WEEK): Record<string, unknown> =>
  Object.fromEntries(days.map((day) => [day, spans]));

const SHOP: Template = {
  id: "shop",
  title: { zh: "商店客服", en: "Shop" },
  text: { zh: "营业时间判断、按键菜单、排队，人多时可预约回拨", en: "Opening hours, a menu, queues, and a callback when it takes too long" },
  start: "hours",
  nodes: {
    hours: node("营业时间", "Opening hours", "hours", { weekly: weekly([["09:00", "21:00"]], [...WEEK, "sat", "sun"]) }, { open: "welcome", closed: "closed" }),
    welcome: node("欢迎词", "Welcome", "play", { prompt: "greeting_main", barge_in: true }, { done: "menu" }),
    menu: node("主菜单", "Main menu", "menu", { prompt: "menu_main", retry_prompt: "menu_retry", invalid_prompt: "invalid_key" }, { 1: "presale", 2: "aftersale", 3: "callback", timeout: "presale" }),
    presale: node("售前咨询", "Before sales", "queue", { queue: QUEUE.first }, { 3: "callback", no_agent: "message", too_long: "callback" }),
    aftersale: node("售后服务", "After sales", "queue", { queue: QUEUE.second }, { 3: "callback", no_agent: "message", too_long: "callback" }),
    callback: node("预约回拨", "Callback", "callback", { queue: QUEUE.first }, { failed: "message" }),
    message: node("留言", "Voicemail", "voicemail", { mailbox: `queue:${QUEUE.first}` }, { done: "bye" }),
    closed: node("已打烊", "Closed", "play", { prompt: "closed" }, { done: "message" }),
    bye: node("再见", "Goodbye", "hangup", { prompt: "goodbye" }),
  },
  note: { text: { zh: "把“售前咨询”和“售后服务”换成自己的队列，再发布。", en: "Put your own queues into “Before sales” and “After sales”, then publish." }, colour: "yellow" },
};

const BANK: Template = {
  id: "bank",
  title: { zh: "银行热线", en: "Bank" },
  text: { zh: "先告知录音，收集卡号，挂失优先排队，语言可选", en: "Announces recording, collects the card number, puts lost cards first, two languages" },
  start: "welcome",
  nodes: {
    welcome: node("欢迎词", "Welcome", "play", { prompt: "greeting_main" }, { done: "record" }),
    record: node("开始录音", "Start recording", "record", { on: true }, { done: "menu" }),
    menu: node("业务菜单", "Services", "menu", { prompt: "menu_main", retry_prompt: "menu_retry", invalid_prompt: "invalid_key" }, { 1: "card", 2: "lost", 9: "english", 0: "advisor", timeout: "advisor" }),
    english: node("英文服务", "English", "language", { language: "en" }, { done: "menu" }),
    card: node("输入卡号", "Card number", "collect", { variable: "card", prompt: "card_number_ask", min: 15, max: 19, terminator: "#", timeout_s: 8 }, { done: "known", timeout: "advisor" }),
    known: node("贵宾卡？", "Premium card?", "condition", { variable: "card", op: "prefix", value: "62" }, { true: "premium", false: "advisor" }),
    premium: node("贵宾专席", "Premium desk", "queue", { queue: QUEUE.first, priority: 500 }, { no_agent: "advisor", too_long: "callback" }),
    lost: node("挂失（优先）", "Lost card, first in line", "queue", { queue: QUEUE.second, priority: 900 }, { no_agent: "advisor" }),
    advisor: node("客户经理", "Advisor", "queue", { queue: QUEUE.first }, { agent_left: "survey", no_agent: "callback", too_long: "callback" }),
    callback: node("预约回拨", "Callback", "callback", { queue: QUEUE.first }),
    survey: node("满意度评价", "Satisfaction", "survey", { question: "satisfaction", prompt: "survey_ask", keys: "123", thanks_prompt: "survey_thanks" }, { done: "bye" }),
    bye: node("再见", "Goodbye", "hangup", { prompt: "goodbye" }),
  },
  note: { text: { zh: "卡号只在通话中使用：轨迹只记位数，不记号码。", en: "The card number is used during the call only: traces tell how many digits, never which." }, colour: "blue" },
};

const HOSPITAL: Template = {
  id: "hospital",
  title: { zh: "医院导医", en: "Hospital" },
  text: { zh: "急诊直转，预约挂号排队，夜间转值班电话", en: "Emergencies straight through, appointments in a queue, the duty phone at night" },
  start: "welcome",
  nodes: {
    welcome: node("欢迎词", "Welcome", "play", { prompt: "greeting_main", barge_in: true }, { done: "menu" }),
    menu: node("导医菜单", "Menu", "menu", { prompt: "menu_main", retry_prompt: "menu_retry", timeout_s: 4, retries: 1 }, { 1: "emergency", 2: "hours", 0: "desk", timeout: "desk" }),
    emergency: node("急诊", "Emergency", "transfer", { target: "number:1001", ring_timeout_s: 20 }, { busy: "duty", no_answer: "duty", failed: "duty" }),
    duty: node("急诊备用席位", "Emergency reserve", "queue", { queue: QUEUE.first, priority: 1000 }),
    hours: node("门诊时间", "Surgery hours", "hours", { weekly: weekly([["08:00", "12:00"], ["14:00", "17:30"]]) }, { open: "booking", closed: "night" }),
    booking: node("预约挂号", "Appointments", "queue", { queue: QUEUE.second }, { no_agent: "callback", too_long: "callback" }),
    desk: node("人工导医", "Reception", "queue", { queue: QUEUE.first }, { no_agent: "night", too_long: "callback" }),
    night: node("夜间留言", "Night message", "voicemail", { mailbox: `queue:${QUEUE.first}` }, { done: "bye" }),
    callback: node("稍后回电", "We call back", "callback", { queue: QUEUE.second }),
    bye: node("再见", "Goodbye", "hangup", { prompt: "goodbye" }),
  },
  note: { text: { zh: "急诊分机请改成本院的号码。", en: "Put your own emergency extension here." }, colour: "pink" },
};

const AFTER_HOURS: Template = {
  id: "after_hours",
  title: { zh: "下班接待", en: "After hours" },
  text: { zh: "工作时间转队列；下班和节假日听公告、留言或预约回拨", en: "The queue by day; an announcement, a message or a callback by night and on holidays" },
  start: "hours",
  nodes: {
    hours: node("工作时间", "Working hours", "hours", { weekly: weekly([["09:00", "12:00"], ["13:30", "18:00"]]), holidays: ["2026-10-01/2026-10-07"], make_up: { "2026-10-10": [["09:00", "18:00"]] } }, { open: "queue", closed: "closed", holiday: "closed" }),
    queue: node("人工服务", "Agents", "queue", { queue: QUEUE.first }, { no_agent: "closed", too_long: "offer" }),
    closed: node("下班公告", "We are closed", "play", { prompt: "closed" }, { done: "offer" }),
    offer: node("留言或回拨", "Message or callback", "menu", { prompt: "callback_offer", retries: 1 }, { 1: "message", 3: "callback", timeout: "bye" }),
    message: node("留言", "Voicemail", "voicemail", { mailbox: `queue:${QUEUE.first}` }, { done: "bye" }),
    callback: node("预约回拨", "Callback", "callback", { queue: QUEUE.first }),
    bye: node("再见", "Goodbye", "hangup", { prompt: "goodbye" }),
  },
};

const SURVEY: Template = {
  id: "survey",
  title: { zh: "通话后评价", en: "Survey after the talk" },
  text: { zh: "坐席挂断后请客户按键评价", en: "Asks the customer for a rating when the agent has hung up" },
  start: "queue",
  nodes: {
    queue: node("人工服务", "Agents", "queue", { queue: QUEUE.first }, { agent_left: "survey", no_agent: "bye" }),
    survey: node("满意度评价", "Satisfaction", "survey", { question: "satisfaction", prompt: "survey_ask", keys: "123", thanks_prompt: "survey_thanks" }, { done: "bye" }),
    bye: node("再见", "Goodbye", "hangup", { prompt: "goodbye" }),
  },
};

const BLANK: Template = {
  id: "blank",
  title: { zh: "空白流程", en: "Blank" },
  text: { zh: "从一句欢迎词开始，自己画", en: "Begin with a greeting and draw the rest" },
  start: "welcome",
  nodes: {
    welcome: node("欢迎词", "Welcome", "play", { prompt: "greeting_main" }, { done: "bye" }),
    bye: node("再见", "Goodbye", "hangup", { prompt: "goodbye" }),
  },
};

/** What is offered first. */
export const FIRST_TEMPLATE = SHOP;
export const TEMPLATES: readonly Template[] = [BLANK, SHOP, BANK, HOSPITAL, AFTER_HOURS, SURVEY];

/** A flow of one's own from a template, with names in the language of whoever draws it. */
export function fromTemplate(template: Template, id: string, language: string, forms: ReadonlyMap<string, KindForm>, queues: readonly string[]): FlowDocument {
  const word = (both: Both): string => (language.startsWith("zh") ? both.zh : both.en);
  // A centre without the template's queues gets its own first ones.
  const queueOf = (name: string): string => (queues.includes(name) ? name : (queues[name === QUEUE.second ? 1 : 0] ?? queues[0] ?? name));
  const own = (fields: FlowNode): FlowNode => ({
    ...fields,
    ...(typeof fields["queue"] === "string" ? { queue: queueOf(fields["queue"]) } : {}),
    ...(typeof fields["mailbox"] === "string" ? { mailbox: `queue:${queueOf(fields["mailbox"].replace("queue:", ""))}` } : {}),
  });
  const entries = Object.entries(template.nodes).map(([name, one]): [string, FlowNode] => [name, { ...own(one.node), label: word(one.name) }]);
  const flow: FlowDocument = { version: FORM_VERSION, id, name: word(template.title), language: "zh", start: template.start, nodes: Object.fromEntries(entries) };
  const places = layOut(flow, forms);
  const nodes = Object.fromEntries(entries.map(([name, fields]): [string, FlowNode] => [name, { ...fields, at: places.get(name) ?? [0, 0] }]));
  if (template.note === undefined) return { ...flow, nodes };
  const top = Math.min(...[...places.values()].map((at) => at[1]));
  const note: FlowNote = { at: [0, top - 150], size: [300, 96], text: word(template.note.text), colour: template.note.colour };
  return { ...flow, nodes, view: { notes: [note] } };
}
