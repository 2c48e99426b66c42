import { instantOf, startOfDay, wallOf } from "../time";

export const REPORT_PERIODS = [
  "today",
  "yesterday",
  "this_week",
  "last_week",
  "this_month",
  "last_month",
  "7d",
  "30d",
  "custom",
] as const;
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

/** A stretch of time, milliseconds since the epoch; without its end. */
export interface Span {
  from: number;
  to: number;
}

const MINUTE_MS = 60_000;
/** Figures are kept by the quarter of an hour. */
export const QUARTER_MS = 15 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** What the server tells of at once. */
const LONGEST_MS = 5 * 366 * DAY_MS;

/** The quarter of an hour that a moment lies in. */
export function quarterOf(atMs: number): number {
  return Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
}

function startOfMonth(timeZone: string, nowMs: number, monthsAgo: number): number {
  const wall = new Date(wallOf(timeZone, nowMs));
  return instantOf(timeZone, Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() - monthsAgo, 1));
}

/** The bounds of a period in the tenant's days; a period that goes on ends with its last day. */
export function spanOf(period: ReportPeriod, custom: Span, timeZone: string, nowMs: number): Span {
  const day = (ago: number): number => startOfDay(timeZone, nowMs, ago);
  // Weeks begin on Mondays.
  const weekday = (new Date(wallOf(timeZone, nowMs)).getUTCDay() + 6) % 7;
  switch (period) {
    case "today":
      return { from: day(0), to: day(-1) };
    case "yesterday":
      return { from: day(1), to: day(0) };
    case "this_week":
      return { from: day(weekday), to: day(weekday - 7) };
    case "last_week":
      return { from: day(weekday + 7), to: day(weekday) };
    case "this_month":
      return { from: startOfMonth(timeZone, nowMs, 0), to: startOfMonth(timeZone, nowMs, -1) };
    case "last_month":
      return { from: startOfMonth(timeZone, nowMs, 1), to: startOfMonth(timeZone, nowMs, 0) };
    case "7d":
      return { from: day(6), to: day(-1) };
    case "30d":
      return { from: day(29), to: day(-1) };
    case "custom": {
      const from = quarterOf(custom.from);
      const to = Math.max(from + QUARTER_MS, quarterOf(custom.to + QUARTER_MS - 1));
      return { from, to: Math.min(to, from + LONGEST_MS) };
    }
  }
}

/** What a period is compared with: the one before, of one that goes on only as much of it as has passed by now. */
export function spanBefore(period: ReportPeriod, span: Span, timeZone: string, nowMs: number): Span {
  const isMonth = period === "this_month" || period === "last_month";
  const from = isMonth ? startOfMonth(timeZone, span.from, 1) : span.from - (span.to - span.from);
  const passed = Math.min(span.to, quarterOf(nowMs) + QUARTER_MS) - span.from;
  const whole = nowMs >= span.to;
  return { from, to: whole ? span.from : Math.min(span.from, from + Math.max(QUARTER_MS, passed)) };
}

export const REPORT_EVERY = ["15", "30", "60", "day", "week", "month"] as const;
export type ReportEvery = (typeof REPORT_EVERY)[number];

const LENGTH_MS: Readonly<Record<ReportEvery, number>> = {
  "15": QUARTER_MS,
  "30": 2 * QUARTER_MS,
  "60": 4 * QUARTER_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  // Shorter than any month, so that a month is never one too few.
  month: 28 * DAY_MS,
};
/** Places of a plot and lines of a table at most: a pixel each. */
export const MOST_PLACES = 1_000;

/** Whether a period has not too many of these intervals. */
export function fits(every: ReportEvery, span: Span): boolean {
  return (span.to - span.from) / LENGTH_MS[every] <= MOST_PLACES;
}

/** The interval that a period is told by: the chosen one where it fits, else one that suits. */
export function everyFor(chosen: ReportEvery | "", span: Span): ReportEvery {
  if (chosen !== "" && fits(chosen, span)) return chosen;
  const days = (span.to - span.from) / DAY_MS;
  return days <= 2 ? "30" : days <= 92 ? "day" : days <= 366 ? "week" : "month";
}

/** The starts of all intervals of a period, the first cut off where the period begins. */
export function placesOf(every: ReportEvery, span: Span, utcOffsetMin: number): number[] {
  const offset = utcOffsetMin * MINUTE_MS;
  const places = [span.from];
  const after = (at: number): number => {
    const wall = new Date(at + offset);
    if (every === "month") return Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 1) - offset;
    const length = LENGTH_MS[every];
    // 1970-01-05 was a Monday.
    const origin = 4 * DAY_MS - offset;
    return (Math.floor((at - origin) / length) + 1) * length + origin;
  };
  for (let at = after(span.from); at < span.to && places.length < MOST_PLACES; at = after(at)) places.push(at);
  return places;
}
