import type { Direction, InteractionQuery, Outcome } from "@lingtong/api";
import { startOfDay } from "./time";

export const PERIODS = ["today", "yesterday", "7d", "30d", "all", "custom"] as const;
export type Period = (typeof PERIODS)[number];
export const DIRECTIONS: readonly Direction[] = ["inbound", "outbound", "internal"];
export const OUTCOMES: readonly Outcome[] = [
  "answered",
  "abandoned",
  "self_served",
  "voicemail",
  "callback",
  "rejected",
  "failed",
];

/** What the list is narrowed by, in the form the address bar keeps: shared links show the same list. */
export interface InteractionFilter {
  period: Period;
  /** RFC 3339, only with `custom`. */
  from: string;
  to: string;
  queue: string;
  agent: string;
  direction: string;
  outcome: string;
  number: string;
  /** As a flow has written it. */
  tag: string;
  /** Those under a figure of a report: by what, of which subject, which figure. All three, or none. */
  by: string;
  subject: string;
  figure: string;
}

export const NO_FILTER: InteractionFilter = {
  period: "7d",
  from: "",
  to: "",
  queue: "",
  agent: "",
  direction: "",
  outcome: "",
  number: "",
  tag: "",
  by: "",
  subject: "",
  figure: "",
};

function pick<T extends string>(value: unknown, allowed: readonly T[]): T | "" {
  return allowed.find((one) => one === value) ?? "";
}

function text(value: unknown): string {
  // A number typed into the address bar arrives as one.
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim().slice(0, 128) : "";
}

function time(value: unknown): string {
  const found = text(value);
  return Number.isNaN(Date.parse(found)) ? "" : found;
}

type Under = Pick<InteractionFilter, "by" | "subject" | "figure">;

function underFrom(search: Record<string, unknown>): Under {
  const under: Under = { by: text(search["by"]), subject: text(search["subject"]), figure: text(search["figure"]) };
  return Object.values(under).includes("") ? { by: "", subject: "", figure: "" } : under;
}

/** A filter from the address bar; what is unknown or malformed is dropped instead of failing the page. */
export function filterFromSearch(search: Record<string, unknown>): InteractionFilter {
  const from = time(search["from"]);
  const to = time(search["to"]);
  const named = pick(search["period"], PERIODS);
  const period = from !== "" || to !== "" ? "custom" : named === "" || named === "custom" ? NO_FILTER.period : named;
  return {
    period,
    from,
    to,
    queue: text(search["queue"]),
    agent: text(search["agent"]),
    direction: pick(search["direction"], DIRECTIONS),
    outcome: pick(search["outcome"], OUTCOMES),
    number: text(search["number"]),
    tag: text(search["tag"]),
    ...underFrom(search),
  };
}

/** Only what differs from no filter, so that the address stays short. */
export function filterToSearch(filter: InteractionFilter): Partial<InteractionFilter> {
  const entries = Object.entries(filter).filter(
    ([key, value]) => value !== "" && value !== NO_FILTER[key as keyof InteractionFilter],
  );
  return Object.fromEntries(entries.filter(([key, value]) => key !== "period" || value !== "custom"));
}

/** How many conditions narrow the list, the period apart. */
export function activeConditions(filter: InteractionFilter): number {
  return [filter.queue, filter.agent, filter.direction, filter.outcome, filter.number, filter.tag, filter.figure].filter((one) => one !== "")
    .length;
}

/** The period's bounds as instants in the tenant's zone; an open side is left out. */
export function periodBounds(
  filter: InteractionFilter,
  timeZone: string,
  nowMs: number,
): { from?: string; to?: string } {
  const day = (ago: number): string => new Date(startOfDay(timeZone, nowMs, ago)).toISOString();
  switch (filter.period) {
    case "today":
      return { from: day(0) };
    case "yesterday":
      return { from: day(1), to: day(0) };
    case "7d":
      return { from: day(6) };
    case "30d":
      return { from: day(29) };
    case "all":
      return {};
    case "custom":
      return {
        ...(filter.from === "" ? {} : { from: filter.from }),
        ...(filter.to === "" ? {} : { to: filter.to }),
      };
  }
}

/** The request for one page of the list. */
export function filterToQuery(filter: InteractionFilter, timeZone: string, nowMs: number): InteractionQuery {
  const { queue, agent, direction, outcome, tag, by, subject, figure } = filter;
  // People paste numbers with spaces, dashes and brackets; the server compares digits.
  const number = filter.number.replace(/[\s\-()]/g, "");
  return { ...periodBounds(filter, timeZone, nowMs), queue, agent, direction, outcome, number, tag, by, subject, figure };
}
