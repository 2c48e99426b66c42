import type { PlanBasis, PlanCurve, PlanRequest, SitePlan } from "@lingtong/api";

/** A figure that the form asks for. The server has the last word on ranges; these are the same. */
export interface PlanField {
  id: PlanFieldId;
  /** A share is typed in percent. */
  unit: "calls" | "seconds" | "percent" | "seats" | "days";
  least: number;
  most: number;
  /** As the worked example has it; empty: may be left out. */
  usual: string;
}

export const PLAN_GROUPS = ["demand", "goal", "lines"] as const;
export type PlanGroup = (typeof PLAN_GROUPS)[number];

export const PLAN_FIELD_IDS = [
  "calls",
  "peak_share",
  "headroom",
  "aht_s",
  "wrap_up_s",
  "patience_s",
  "service_level",
  "target_s",
  "max_occupancy",
  "shrinkage",
  "seats",
  "blocking",
  "menu_s",
  "recorded",
  "retention_days",
  "days_a_year",
] as const;
export type PlanFieldId = (typeof PLAN_FIELD_IDS)[number];

function field(id: PlanFieldId, unit: PlanField["unit"], least: number, most: number, usual: string): PlanField {
  return { id, unit, least, most, usual };
}

export const PLAN_FIELDS: Readonly<Record<PlanGroup, readonly PlanField[]>> = {
  demand: [
    field("calls", "calls", 1, 1e7, "20000"),
    field("peak_share", "percent", 0, 100, ""),
    field("aht_s", "seconds", 1, 14_400, "200"),
    field("wrap_up_s", "seconds", 0, 14_400, "20"),
    field("patience_s", "seconds", 1, 86_400, ""),
    field("headroom", "percent", 0, 1000, "30"),
  ],
  goal: [
    field("service_level", "percent", 0, 99.99, "80"),
    field("target_s", "seconds", 0, 3600, "20"),
    field("max_occupancy", "percent", 5, 100, "85"),
    field("shrinkage", "percent", 0, 90, "30"),
    field("seats", "seats", 1, 100_000, ""),
  ],
  lines: [
    field("blocking", "percent", 1e-7, 100, "0.1"),
    field("menu_s", "seconds", 0, 3600, "20"),
    field("recorded", "percent", 0, 100, "100"),
    field("retention_days", "days", 0, 36_500, "180"),
    field("days_a_year", "days", 1, 366, "365"),
  ],
};

export const PLAN_CODECS = ["pcma", "pcmu", "g722", "opus"] as const;
export type PlanCodecId = (typeof PLAN_CODECS)[number];

/** The form as it is typed; the address bar keeps what differs from the worked example, so that a link shows the same. */
export interface PlanDraft {
  text: Readonly<Record<PlanFieldId, string>>;
  codec: PlanCodecId;
  /** Whose day: the usual one, or that of the centre's own records. */
  day: "usual" | "own";
}

const ALL_FIELDS: readonly PlanField[] = PLAN_GROUPS.flatMap((group) => PLAN_FIELDS[group]);

export const USUAL_PLAN: PlanDraft = {
  text: Object.fromEntries(ALL_FIELDS.map(({ id, usual }) => [id, usual])) as Record<PlanFieldId, string>,
  codec: "pcma",
  day: "usual",
};

/** What is typed is not longer than any number that makes sense. */
const MOST_TYPED = 20;

export function planFromSearch(search: Readonly<Record<string, unknown>>): PlanDraft {
  const typed = (id: PlanFieldId): string => {
    const value = search[id];
    if (typeof value === "number") return String(value);
    return typeof value === "string" ? value.slice(0, MOST_TYPED) : USUAL_PLAN.text[id];
  };
  return {
    text: Object.fromEntries(PLAN_FIELD_IDS.map((id) => [id, typed(id)])) as Record<PlanFieldId, string>,
    codec: PLAN_CODECS.find((codec) => codec === search["codec"]) ?? USUAL_PLAN.codec,
    day: search["day"] === "own" ? "own" : "usual",
  };
}

export function planToSearch(draft: PlanDraft): Partial<Record<PlanFieldId | "codec" | "day", string>> {
  const typed = PLAN_FIELD_IDS.filter((id) => draft.text[id] !== USUAL_PLAN.text[id]).map((id) => [id, draft.text[id]]);
  return {
    ...(Object.fromEntries(typed) as Partial<Record<PlanFieldId, string>>),
    ...(draft.codec === USUAL_PLAN.codec ? {} : { codec: draft.codec }),
    ...(draft.day === "usual" ? {} : { day: draft.day }),
  };
}

/** What is wrong with a figure as it is typed. */
export type PlanProblem =
  | { what: "missing" | "number" | "whole" }
  | { what: "range"; least: number; most: number }
  | { what: "below_aht" };

function read({ id, unit, least, most, usual }: PlanField, typed: string): number | PlanProblem | undefined {
  const text = typed.trim();
  if (text === "") return usual === "" ? undefined : { what: "missing" };
  const value = Number(text);
  if (!/^[\d.]+$/.test(text) || !Number.isFinite(value)) return { what: "number" };
  if (value < least || value > most) return { what: "range", least, most };
  if (id === "seats" && !Number.isInteger(value)) return { what: "whole" };
  return unit === "percent" ? value / 100 : value;
}

/** What to ask the server, and what is wrong with the form; it is asked only when nothing is. */
export function readPlan(
  draft: PlanDraft,
  own: PlanCurve | null,
): { request: PlanRequest; problems: ReadonlyMap<PlanFieldId, PlanProblem> } {
  const problems = new Map<PlanFieldId, PlanProblem>();
  const figures: Partial<Record<PlanFieldId, number>> = {};
  for (const one of ALL_FIELDS) {
    const value = read(one, draft.text[one.id]);
    if (typeof value === "object") problems.set(one.id, value);
    else if (value !== undefined) figures[one.id] = value;
  }
  const { aht_s, wrap_up_s } = figures;
  if (aht_s !== undefined && wrap_up_s !== undefined && wrap_up_s >= aht_s) problems.set("wrap_up_s", { what: "below_aht" });
  const curve = draft.day === "own" && own !== null ? { curve: own } : {};
  return { request: { ...figures, codec: draft.codec, ...curve }, problems };
}

const whole = (value: number | null | undefined, text: string): string =>
  typeof value === "number" ? String(Math.max(1, Math.round(value))) : text;

/** The form with what the centre's own records say. */
export function withBasis(draft: PlanDraft, basis: PlanBasis): PlanDraft {
  const { text } = draft;
  // A mean below a second is none to plan with, and the work after the talk has to be less than the whole.
  const wrapUp = typeof basis.wrap_up_s === "number" && typeof basis.aht_s === "number"
    ? String(Math.min(Math.round(basis.wrap_up_s), Math.max(0, Math.round(basis.aht_s) - 1)))
    : text.wrap_up_s;
  return {
    ...draft,
    text: {
      ...text,
      calls: whole(basis.calls_a_day, text.calls),
      aht_s: whole(basis.aht_s, text.aht_s),
      wrap_up_s: wrapUp,
      patience_s: whole(basis.patience?.patience_s, text.patience_s),
      peak_share: "",
    },
    day: basis.curve ? "own" : draft.day,
  };
}

/** The seats just below and above those of the plan. */
export function neighbours(plan: SitePlan): { fewer: SitePlan["curve"][number] | undefined; more: SitePlan["curve"][number] | undefined } {
  return {
    fewer: plan.curve.findLast((point) => point.agents < plan.seats),
    more: plan.curve.find((point) => point.agents > plan.seats),
  };
}

/** A table as CSV (RFC 4180), with the mark by which spreadsheets know UTF-8. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string => {
    const text = typeof value === "number" ? String(Number(value.toPrecision(10))) : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\uFEFF${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
