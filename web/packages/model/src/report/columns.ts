import type { ReportLine } from "@lingtong/api";

/** By what a report tells its figures, in the order of the page. */
export const REPORT_BY = ["queue", "agent", "team", "flow", "number", "direction"] as const;
export type ReportBy = (typeof REPORT_BY)[number];

/** The usual four formulas of the service level. */
export const SERVICE_LEVELS = ["of_offered", "without_early_abandons", "of_answered", "abandons_as_served"] as const;
export type ServiceLevelId = (typeof SERVICE_LEVELS)[number];

export const REPORT_COLUMN_IDS = [
  "contacts",
  "offered",
  "answered",
  "answered_in_target",
  "abandoned",
  "abandoned_short",
  "went_on",
  "missed_ring",
  "transferred",
  "resolvable",
  "repeated",
  "service_level",
  "abandon_rate",
  "transfer_rate",
  "resolution",
  "answer_speed",
  "longest_wait",
  "handle_time",
  "talking",
  "holding",
  "wrapping",
  "occupancy",
  "ready",
  "not_ready",
] as const;
export type ReportColumnId = (typeof REPORT_COLUMN_IDS)[number];

export interface ReportColumn {
  id: ReportColumnId;
  /** A share is 0 to 1, a duration is in milliseconds. */
  unit: "count" | "share" | "duration";
  value: (line: ReportLine, level: ServiceLevelId) => number | null;
  /** The figure whose interactions are opened from it; null where it is not made of interactions. */
  under: string | null;
  /** Which change for the better is; null where more is neither. */
  better: "more" | "less" | null;
  /** Who has it: those in whose name somebody waits, those who work, or all. */
  of: "waited" | "worked" | "all";
}

type Read = (line: ReportLine, level: ServiceLevelId) => number | null | undefined;

function column(
  id: ReportColumnId,
  unit: ReportColumn["unit"],
  read: Read,
  under: string | null,
  better: ReportColumn["better"] = null,
  of: ReportColumn["of"] = "all",
): ReportColumn {
  return { id, unit, value: (line, level) => read(line, level) ?? null, under, better, of };
}

const ALL: readonly ReportColumn[] = [
  column("contacts", "count", (line) => line.contacts, "contacts"),
  column("offered", "count", (line) => line.offered, "offered"),
  column("answered", "count", (line) => line.answered, "answered"),
  column("answered_in_target", "count", (line) => line.answered_in_target, "answered_in_target", null, "waited"),
  column("abandoned", "count", (line) => line.abandoned, "abandoned", "less", "waited"),
  column("abandoned_short", "count", (line) => line.abandoned_short, "abandoned_short", null, "waited"),
  column("went_on", "count", (line) => line.went_on, "went_on"),
  column("missed_ring", "count", (line) => line.missed_ring, "missed_ring", "less"),
  column("transferred", "count", (line) => line.transferred, "transferred"),
  column("resolvable", "count", (line) => line.resolvable, "resolvable"),
  column("repeated", "count", (line) => line.repeated, "repeated", "less"),
  column("service_level", "share", (line, level) => line.service_level[level], "answered_in_target", "more", "waited"),
  column("abandon_rate", "share", (line) => line.abandon_rate, "abandoned", "less", "waited"),
  column("transfer_rate", "share", (line) => line.transfer_rate, "transferred", "less"),
  column("resolution", "share", (line) => line.resolution, "repeated", "more"),
  column("answer_speed", "duration", (line) => line.answer_speed_ms, "answered", "less", "waited"),
  column("longest_wait", "duration", (line) => line.longest_wait_ms, "waited_ms", "less", "waited"),
  column("handle_time", "duration", (line) => line.handle_time_ms, "answered"),
  column("talking", "duration", (line) => line.talking_ms, "talking_ms"),
  column("holding", "duration", (line) => line.holding_ms, "holding_ms"),
  column("wrapping", "duration", (line) => line.wrapping_ms, "wrapping_ms"),
  column("occupancy", "share", (line) => line.times?.occupancy, null, null, "worked"),
  column("ready", "duration", (line) => line.times?.ready_ms, null, null, "worked"),
  column("not_ready", "duration", (line) => line.times?.not_ready_ms, null, null, "worked"),
];

const QUEUE: readonly ReportColumnId[] = [
  "offered",
  "answered",
  "abandoned",
  "service_level",
  "abandon_rate",
  "answer_speed",
  "longest_wait",
  "handle_time",
  "transfer_rate",
  "resolution",
];
const STAFF: readonly ReportColumnId[] = [
  "contacts",
  "answered",
  "missed_ring",
  "handle_time",
  "talking",
  "transfer_rate",
  "resolution",
  "occupancy",
  "ready",
  "not_ready",
];
const REST: readonly ReportColumnId[] = ["contacts", ...QUEUE.filter((id) => id !== "longest_wait")];

export function isStaff(by: ReportBy): boolean {
  return by === "agent" || by === "team";
}

/** The columns that a report by this has at all. */
export function columnsOf(by: ReportBy): readonly ReportColumn[] {
  const lacking = isStaff(by) ? "waited" : "worked";
  return ALL.filter((one) => one.of !== lacking);
}

/** The columns that are shown until somebody chooses. */
export function usualColumns(by: ReportBy): readonly ReportColumnId[] {
  return isStaff(by) ? STAFF : by === "queue" ? QUEUE : REST;
}

/** The chosen columns in the page's order; those that a report by this lacks are left out, and none chosen means the usual. */
export function chosenColumns(by: ReportBy, chosen: readonly string[]): readonly ReportColumn[] {
  const all = columnsOf(by);
  const found = all.filter((one) => chosen.includes(one.id));
  return found.length > 0 ? found : all.filter((one) => usualColumns(by).includes(one.id));
}

/** How a figure changed against an earlier one: by its share of it, of shares in points; null where there is no telling. */
export function changeOf(column: ReportColumn, now: number | null, before: number | null): number | null {
  if (now === null || before === null) return null;
  if (column.unit === "share") return now - before;
  return before === 0 ? null : now / before - 1;
}

/** Whether a change is for the better or the worse; null where it is neither, or too small to be shown. */
export function toneOf(column: ReportColumn, change: number): "better" | "worse" | null {
  if (column.better === null || Math.abs(change) < 0.0005) return null;
  return change > 0 === (column.better === "more") ? "better" : "worse";
}
