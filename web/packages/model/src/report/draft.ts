import type { ReportLine, ReportQuery, Report } from "@lingtong/api";
import { parseTime } from "../time";
import { REPORT_BY, REPORT_COLUMN_IDS, SERVICE_LEVELS, type ReportBy, type ReportColumnId, type ServiceLevelId } from "./columns";
import { placesOf, REPORT_EVERY, REPORT_PERIODS, type ReportEvery, type ReportPeriod, type Span } from "./period";

/** A report as it is chosen on the page; the address bar keeps it, so that a link shows the same. */
export interface ReportDraft {
  by: ReportBy;
  period: ReportPeriod;
  /** RFC 3339, with the custom period. */
  from: string;
  to: string;
  /** Empty: what suits the period. */
  every: ReportEvery | "";
  /** Ids; all when empty. */
  subjects: readonly string[];
  level: ServiceLevelId;
  /** Empty: those kept on this computer, or the usual ones. */
  columns: readonly ReportColumnId[];
  /** Against the period before. */
  compare: boolean;
  /** The subject that is told by interval; empty: the first. */
  focus: string;
}

export const USUAL_REPORT: ReportDraft = {
  by: "queue",
  period: "today",
  from: "",
  to: "",
  every: "",
  subjects: [],
  level: "of_offered",
  columns: [],
  compare: false,
  focus: "",
};

/** Subjects that are named in an address at most: more don't fit into one. */
export const MOST_SUBJECTS = 50;

export type ReportSearch = Partial<Record<"by" | "period" | "from" | "to" | "every" | "subjects" | "level" | "columns" | "focus", string>> & {
  compare?: true;
};

function one<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === String(value));
}

function words(value: unknown): string[] {
  // A single number in an address arrives as one.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" ? text.split(",").filter((word) => word !== "" && word.length <= 128).slice(0, MOST_SUBJECTS) : [];
}

function moment(value: unknown): string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : "";
}

/** A report from the address bar; what is unknown or malformed is dropped instead of failing the page. */
export function reportFromSearch(search: Readonly<Record<string, unknown>>): ReportDraft {
  const [from, to] = [moment(search["from"]), moment(search["to"])];
  const bounded = from !== "" && to !== "" && parseTime(from) < parseTime(to);
  const period = one(search["period"], REPORT_PERIODS) ?? USUAL_REPORT.period;
  return {
    by: one(search["by"], REPORT_BY) ?? USUAL_REPORT.by,
    period: bounded ? "custom" : period === "custom" ? USUAL_REPORT.period : period,
    from: bounded ? from : "",
    to: bounded ? to : "",
    every: one(search["every"], REPORT_EVERY) ?? "",
    subjects: words(search["subjects"]),
    level: one(search["level"], SERVICE_LEVELS) ?? USUAL_REPORT.level,
    columns: words(search["columns"]).flatMap((word) => one(word, REPORT_COLUMN_IDS) ?? []),
    compare: search["compare"] === true || search["compare"] === "true",
    focus: words(search["focus"])[0] ?? "",
  };
}

/** Only what differs from the usual report, so that the address stays short. */
export function reportToSearch(draft: ReportDraft): ReportSearch {
  const told: [string, string, string][] = [
    ["by", draft.by, USUAL_REPORT.by],
    ["period", draft.period === "custom" ? "" : draft.period, USUAL_REPORT.period],
    ["from", draft.from, ""],
    ["to", draft.to, ""],
    ["every", draft.every, ""],
    ["subjects", draft.subjects.join(","), ""],
    ["level", draft.level, USUAL_REPORT.level],
    ["columns", draft.columns.join(","), ""],
    ["focus", draft.focus, ""],
  ];
  const differing = told.filter(([, value, usual]) => value !== usual && value !== "");
  return {
    ...Object.fromEntries(differing.map(([key, value]) => [key, value])),
    ...(draft.compare ? { compare: true as const } : {}),
  };
}

/** What to ask the server for. */
export function reportQuery(by: ReportBy, every: ReportEvery | "all", span: Span, subjects: readonly string[]): ReportQuery {
  const time = (at: number): string => new Date(at).toISOString();
  return { by, every, from: time(span.from), to: time(span.to), subject: subjects.join(",") };
}

/** What the list of interactions is asked for, so that it holds those under a figure. */
export interface Drill {
  by: string;
  subject: string;
  figure: string;
  from: string;
  to: string;
}

export function drillOf(by: ReportBy, line: ReportLine, figure: string): Drill {
  return { by, subject: line.subject.id, figure, from: line.from, to: line.to };
}

/** The sums of the subjects, those with the most contacts first. */
export function ranked(lines: readonly ReportLine[]): ReportLine[] {
  return [...lines].sort((a, b) => b.contacts - a.contacts || a.subject.name.localeCompare(b.subject.name));
}

/** A subject's intervals of a whole period: null where nothing happened. */
export interface Course {
  starts: readonly number[];
  lines: readonly (ReportLine | null)[];
}

export function courseOf(report: Report, every: ReportEvery, span: Span, subject: string): Course {
  const starts = placesOf(every, span, report.utc_offset_min);
  const found = new Map(report.items.filter((line) => line.subject.id === subject).map((line) => [parseTime(line.from), line]));
  return { starts, lines: starts.map((start) => found.get(start) ?? null) };
}
