import type { FieldProblem, Permission } from "@lingtong/api";
import { DATABASE, type DatabaseChoice, type DatabaseWord } from "./database";
import { OUTBOUND, type AlertCode } from "./outbound";

/** What the settings pages know of. */
export type KindId =
  | "user"
  | "role"
  | "team"
  | "agent"
  | "device"
  | "trunk"
  | "number"
  | "route"
  | "queue"
  | "disposition"
  | "threshold"
  | "secret"
  | "database"
  | "setting"
  | "tenant"
  | "mail_server"
  | "report_schedule"
  | "alert_subscription";

/** What a field is called in the words of the pages. */
export type FieldWord =
  | "about"
  | DatabaseWord
  | "accept_from"
  | "secret_value"
  | "address"
  | "agent"
  | "agents"
  | "alerts"
  | "allow_plain"
  | "at"
  | "by"
  | "cleared"
  | "day"
  | "every"
  | "formats"
  | "from"
  | "from_name"
  | "host"
  | "hook_secret"
  | "language"
  | "mail_password"
  | "mail_user"
  | "paused"
  | "port"
  | "quiet_from"
  | "quiet_to"
  | "recipients"
  | "repeat"
  | "reply_to"
  | "security"
  | "subjects"
  | "url"
  | "weekday"
  | "ageing"
  | "announce_agent_number"
  | "announce_position_s"
  | "announce_wait_s"
  | "callback"
  | "caller_id"
  | "caller_ids"
  | "contact_user"
  | "critical"
  | "disabled"
  | "display_name"
  | "extension"
  | "from_domain"
  | "hidden"
  | "hold_s"
  | "keep_place_s"
  | "last_agent_wait_s"
  | "mailbox_agents"
  | "margin"
  | "max_calls"
  | "max_cps"
  | "max_length"
  | "max_wait_s"
  | "measure"
  | "message_lamp"
  | "members"
  | "no_agent"
  | "number_format"
  | "number_rules"
  | "offered"
  | "overflow"
  | "pass_caller"
  | "permissions"
  | "place"
  | "priority"
  | "probe_s"
  | "queues"
  | "realm"
  | "record"
  | "register_s"
  | "registrar"
  | "relax"
  | "ring_timeout_s"
  | "roles"
  | "routing"
  | "secret"
  | "send_to"
  | "service_level_s"
  | "skills"
  | "strategy"
  | "supervisors"
  | "target"
  | "title"
  | "trunk_secret"
  | "trunks"
  | "username"
  | "utc_offset_min"
  | "value"
  | "warning"
  | "wrap_up_s";

/** What a field holds. */
export type FieldType =
  | { type: "text" }
  | { type: "secret"; /** A machine types it: one can be made up. */ makeUp?: true }
  | { type: "title" }
  | { type: "number"; min: number; max: number; fallback?: number; unit?: "seconds" | "minutes"; /** Nothing is no limit, but nothing. */ optional?: true }
  | { type: "switch"; fallback: boolean }
  | { type: "choice"; options: readonly Choice[]; fallback: Choice }
  | { type: "choices"; options: readonly Choice[]; fallback: readonly Choice[] }
  | { type: "ref" | "refs"; to: KindId }
  | { type: "roles" | "permissions" | "texts" | "target" | "value" | "routing" | "callback" }
  | { type: "rows"; of: RowsId };

/** One thing that a row says. */
export type RowPart = {
  name: "prefix" | "prepend" | "strip" | "skill" | "min" | "level" | "after_s" | "queue" | "team";
} & ({ type: "text" } | { type: "number"; min: number; max: number; unit?: "seconds" } | { type: "ref"; to: KindId });

/** A row as it is typed: by the names of its parts. */
export type TypedRow = Record<string, string | number>;

const skill: RowPart = { name: "skill", type: "text" };
const after: RowPart = { name: "after_s", type: "number", min: 1, max: 3600, unit: "seconds" };

/** What is said in rows: the parts of each, and what a new row says. */
export const ROWS = {
  /** Changes to numbers that begin with some digits. */
  rules: {
    parts: [{ name: "prefix", type: "text" }, { name: "prepend", type: "text" }, { name: "strip", type: "number", min: 0, max: 32 }],
    fresh: { prefix: "", strip: 0, prepend: "" },
  },
  /** Skills that agents must have. */
  needs: { parts: [skill, { name: "min", type: "number", min: 1, max: 10 }], fresh: { skill: "", min: 1 } },
  /** Skills that are asked less of while one waits. */
  relax: { parts: [after, skill, { name: "min", type: "number", min: 0, max: 10 }], fresh: { after_s: 30, skill: "", min: 0 } },
  /** Queues or teams whose agents are let in while one waits: a row names one of the two. */
  overflow: {
    parts: [after, { name: "queue", type: "ref", to: "queue" }, { name: "team", type: "ref", to: "team" }],
    fresh: { after_s: 60, queue: "", team: "" },
  },
  /** Skills that an agent has. */
  skills: { parts: [skill, { name: "level", type: "number", min: 0, max: 10 }], fresh: { skill: "", level: 5 } },
} as const satisfies Record<string, { parts: readonly RowPart[]; fresh: TypedRow }>;

export type RowsId = keyof typeof ROWS;

const STRATEGIES = [
  "longest_idle",
  "round_robin",
  "least_talk",
  "fewest_contacts",
  "linear",
  "random",
  "weighted",
  "best_skill",
  "ring_all",
] as const;

const MEASURES = ["waiting", "longest_wait", "service_level", "abandon_rate", "agents_free", "occupancy", "capacity"] as const;

export type Choice =
  | (typeof STRATEGIES)[number]
  | AlertCode
  | (typeof MEASURES)[number]
  | "wait"
  | "refuse"
  | "leave"
  | "national"
  | "e164"
  | "digits"
  | "starttls"
  | DatabaseChoice
  | "tls"
  | "none"
  | "queue"
  | "agent"
  | "team"
  | "flow"
  | "number"
  | "direction"
  | "15"
  | "30"
  | "60"
  | "day"
  | "all"
  | "daily"
  | "weekly"
  | "monthly"
  | "whole"
  | "so_far"
  | "csv"
  | "xlsx"
  | "pdf"
  | "zh"
  | "en";

export type Field = FieldType & {
  /** Its place in the spec. */
  path: string;
  word: FieldWord;
  required?: true;
  /** Shown on demand: what most people never change. */
  more?: true;
  /** A sentence below it says more. */
  hint?: true;
};

export interface Kind {
  id: KindId;
  fields: readonly Field[];
  /** Fields that the list shows beside the name. */
  columns: readonly string[];
  /** What a name looks like; checked while it is typed. */
  name: RegExp;
  /** What changing one needs. */
  writes: Permission;
  /** There is just the one that was there from the start. */
  single?: true;
  /** There is at most one, of this name. */
  only?: string;
}

const WORD_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const agent: Field = { path: "agent", word: "agent", type: "ref", to: "agent", hint: true };
const title: Field = { path: "title", word: "title", type: "title" };

const callerId: Field = { path: "caller_id", word: "caller_id", type: "text", hint: true, more: true };

const QUEUE: readonly Field[] = [
  title,
  { path: "members", word: "members", type: "refs", to: "agent" },
  { path: "number", word: "extension", type: "text", hint: true },
  { path: "strategy", word: "strategy", type: "choice", options: STRATEGIES, fallback: "longest_idle" },
  { path: "ring_timeout_s", word: "ring_timeout_s", type: "number", min: 1, max: 600, fallback: 20, unit: "seconds" },
  { path: "wrap_up_s", word: "wrap_up_s", type: "number", min: 0, max: 3600, fallback: 0, unit: "seconds" },
  { path: "max_wait_s", word: "max_wait_s", type: "number", min: 1, max: 86_400, unit: "seconds", hint: true },
  { path: "no_agent", word: "no_agent", type: "choice", options: ["wait", "refuse", "leave"], fallback: "refuse" },
  { path: "record", word: "record", type: "switch", fallback: true },
  { path: "mailbox_agents", word: "mailbox_agents", type: "refs", to: "agent", hint: true, more: true },
  { path: "service_level_s", word: "service_level_s", type: "number", min: 1, max: 3600, fallback: 20, unit: "seconds", hint: true, more: true },
  { path: "announce_position_s", word: "announce_position_s", type: "number", min: 5, max: 3600, unit: "seconds", hint: true, more: true },
  { path: "announce_wait_s", word: "announce_wait_s", type: "number", min: 5, max: 3600, unit: "seconds", hint: true, more: true },
  { path: "announce_agent_number", word: "announce_agent_number", type: "switch", fallback: false, more: true },
  { path: "max_length", word: "max_length", type: "number", min: 1, max: 50_000, fallback: 50_000, more: true },
  { path: "priority", word: "priority", type: "number", min: -1000, max: 1000, fallback: 0, hint: true, more: true },
  { path: "ageing", word: "ageing", type: "number", min: 0, max: 1000, fallback: 1, hint: true, more: true },
  { path: "skills", word: "skills", type: "rows", of: "needs", hint: true, more: true },
  { path: "relax", word: "relax", type: "rows", of: "relax", hint: true, more: true },
  { path: "overflow", word: "overflow", type: "rows", of: "overflow", hint: true, more: true },
  { path: "last_agent_wait_s", word: "last_agent_wait_s", type: "number", min: 1, max: 300, unit: "seconds", hint: true, more: true },
  { path: "keep_place_s", word: "keep_place_s", type: "number", min: 1, max: 3600, unit: "seconds", hint: true, more: true },
  { path: "callback", word: "callback", type: "callback", hint: true, more: true },
  { path: "hidden", word: "hidden", type: "switch", fallback: false, more: true },
  callerId,
];

/** Every kind, in the order of the pages: people, telephones, ways in and out, where calls wait, the rest. */
export const KINDS: readonly Kind[] = [
  {
    id: "user",
    name: /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/,
    writes: "users.write",
    columns: ["roles", "agent", "disabled"],
    fields: [
      { path: "roles", word: "roles", type: "roles", required: true },
      agent,
      { path: "disabled", word: "disabled", type: "switch", fallback: false },
    ],
  },
  {
    id: "role",
    name: /^[a-z][a-z0-9_-]{0,31}$/,
    writes: "users.write",
    columns: ["title", "permissions"],
    fields: [title, { path: "permissions", word: "permissions", type: "permissions" }],
  },
  {
    id: "agent",
    name: /^[0-9A-Za-z_-]{1,32}$/,
    writes: "settings.write",
    columns: ["display_name"],
    fields: [
      { path: "display_name", word: "display_name", type: "text", required: true },
      { path: "routing", word: "routing", type: "routing", hint: true },
      { path: "address", word: "address", type: "text", hint: true, more: true },
      callerId,
    ],
  },
  {
    id: "team",
    name: WORD_NAME,
    writes: "settings.write",
    columns: ["title", "agents", "supervisors"],
    fields: [
      title,
      { path: "agents", word: "agents", type: "refs", to: "agent" },
      { path: "supervisors", word: "supervisors", type: "refs", to: "user" },
    ],
  },
  {
    id: "secret",
    name: WORD_NAME,
    writes: "settings.write",
    columns: [],
    fields: [{ path: "value", word: "secret_value", type: "secret", hint: true }],
  },
  DATABASE,
  {
    id: "device",
    name: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    writes: "settings.write",
    columns: ["agent"],
    fields: [
      agent,
      { path: "secret", word: "secret", type: "secret", makeUp: true, hint: true },
      { path: "message_lamp", word: "message_lamp", type: "switch", fallback: true, hint: true, more: true },
    ],
  },
  {
    id: "trunk",
    name: WORD_NAME,
    writes: "settings.write",
    columns: ["send_to", "accept_from", "max_calls"],
    fields: [
      { path: "send_to", word: "send_to", type: "text", hint: true },
      { path: "accept_from", word: "accept_from", type: "texts", hint: true },
      { path: "username", word: "username", type: "text" },
      { path: "secret", word: "trunk_secret", type: "secret" },
      { path: "registrar", word: "registrar", type: "text", hint: true },
      { path: "caller_ids", word: "caller_ids", type: "texts", hint: true },
      { path: "max_calls", word: "max_calls", type: "number", min: 0, max: 100_000, fallback: 0, hint: true },
      { path: "number_format", word: "number_format", type: "choice", options: ["national", "e164", "digits"], fallback: "national", more: true },
      { path: "number_rules", word: "number_rules", type: "rows", of: "rules", hint: true, more: true },
      { path: "pass_caller", word: "pass_caller", type: "switch", fallback: false, hint: true, more: true },
      { path: "max_cps", word: "max_cps", type: "number", min: 0, max: 1000, fallback: 0, hint: true, more: true },
      { path: "probe_s", word: "probe_s", type: "number", min: 0, max: 3600, fallback: 0, unit: "seconds", hint: true, more: true },
      { path: "register_s", word: "register_s", type: "number", min: 60, max: 86_400, fallback: 600, unit: "seconds", hint: true, more: true },
      { path: "from_domain", word: "from_domain", type: "text", hint: true, more: true },
      { path: "realm", word: "realm", type: "text", hint: true, more: true },
      { path: "contact_user", word: "contact_user", type: "text", hint: true, more: true },
    ],
  },
  {
    id: "number",
    name: /^[+*]?[0-9*#]{1,32}$/,
    writes: "settings.write",
    columns: ["target"],
    fields: [{ path: "target", word: "target", type: "target", required: true }],
  },
  {
    id: "route",
    name: /^(?:any|\+?[0-9]{1,32})$/,
    writes: "settings.write",
    columns: ["trunks"],
    fields: [{ path: "trunks", word: "trunks", type: "refs", to: "trunk", required: true, hint: true }, callerId],
  },
  { id: "queue", name: WORD_NAME, writes: "settings.write", columns: ["title", "members", "strategy"], fields: QUEUE },
  {
    id: "disposition",
    name: WORD_NAME,
    writes: "settings.write",
    columns: ["title", "place", "offered"],
    fields: [
      title,
      { path: "place", word: "place", type: "number", min: -10_000, max: 10_000, fallback: 0, hint: true },
      { path: "offered", word: "offered", type: "switch", fallback: true },
    ],
  },
  {
    id: "threshold",
    name: WORD_NAME,
    writes: "settings.write",
    columns: ["title", "measure", "queues", "warning", "critical"],
    fields: [
      title,
      { path: "measure", word: "measure", type: "choice", options: MEASURES, fallback: "waiting", hint: true },
      { path: "queues", word: "queues", type: "refs", to: "queue", hint: true },
      { path: "warning", word: "warning", type: "number", min: 0, max: 86_400, optional: true, hint: true },
      { path: "critical", word: "critical", type: "number", min: 0, max: 86_400, optional: true, hint: true },
      { path: "hold_s", word: "hold_s", type: "number", min: 0, max: 3600, fallback: 30, unit: "seconds", hint: true },
      { path: "margin", word: "margin", type: "number", min: 0, max: 86_400, fallback: 0, hint: true, more: true },
    ],
  },
  {
    id: "setting",
    name: /^[a-z0-9][a-z0-9_.-]{0,63}$/,
    writes: "settings.write",
    columns: ["value"],
    fields: [{ path: "value", word: "value", type: "value", required: true }],
  },
  ...OUTBOUND,
  {
    id: "tenant",
    name: WORD_NAME,
    writes: "settings.write",
    columns: ["title"],
    single: true,
    fields: [
      { path: "title", word: "display_name", type: "text", required: true },
      { path: "utc_offset_min", word: "utc_offset_min", type: "number", min: -720, max: 840, fallback: 480, unit: "minutes", hint: true },
    ],
  },
];

export function kindOf(id: string): Kind | undefined {
  return KINDS.find((kind) => kind.id === id);
}

/** The field that a problem is of: `members[2]` and `title.zh` belong to `members` and `title`. */
export function fieldOf(kind: Kind, path: string): Field | undefined {
  const root = path.split(/[.[]/, 1)[0];
  return kind.fields.find((field) => field.path === root);
}

/** Problems where the form shows them: that something is there already is a matter of its name. */
export function problemsIn(problems: readonly FieldProblem[]): FieldProblem[] {
  return problems.map((problem) => (problem.field === "" && problem.code === "exists" ? { ...problem, field: "name" } : problem));
}
