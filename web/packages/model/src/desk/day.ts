import type { AgentDay, Interaction } from "@lingtong/api";
import { parseTime, wallOf } from "../time";

/** Hours of a day. */
const HOURS = 24;

export interface DayHour {
  hour: number;
  answered: number;
  talkMs: number;
  wrapUpMs: number;
}

/** An agent's day so far. */
export interface DayFigures {
  answered: number;
  /** Calls that rang here and were not taken; null while the server does not say. */
  missed: number | null;
  /** Talk, hold and wrap-up of an average call. */
  ahtMs: number | null;
  talkMs: number;
  wrapUpMs: number;
  /** Wrap-up of an average call. */
  wrapUpEachMs: number | null;
  /** Share of the signed-in time spent with calls, 0 to 1. */
  occupancy: number | null;
  /** From the first hour with a call to the last one. */
  hours: readonly DayHour[];
}

/** The figures of these calls, which began today and were answered by this agent. */
export function dayFigures(calls: readonly Interaction[], agentId: string, timeZone: string, day: AgentDay | null): DayFigures {
  const answered = calls.filter((call) => call.agent?.id === agentId && typeof call.answered_at === "string");
  const hours = Array.from({ length: HOURS }, (_, hour): DayHour => ({ hour, answered: 0, talkMs: 0, wrapUpMs: 0 }));
  let [talkMs, holdMs, wrapUpMs] = [0, 0, 0];
  for (const call of answered) {
    talkMs += call.talk_ms;
    holdMs += call.hold_ms;
    wrapUpMs += call.wrap_up_ms;
    const at = new Date(wallOf(timeZone, parseTime(call.answered_at ?? call.started_at))).getUTCHours();
    const hour = hours[at];
    if (hour === undefined) continue;
    hour.answered += 1;
    hour.talkMs += call.talk_ms;
    hour.wrapUpMs += call.wrap_up_ms;
  }
  const used = hours.filter((hour) => hour.answered > 0).map((hour) => hour.hour);
  const [first, last] = [used[0], used.at(-1)];
  const count = answered.length;
  const busyMs = talkMs + holdMs + wrapUpMs;
  return {
    answered: count,
    missed: day?.missed ?? null,
    ahtMs: count === 0 ? null : busyMs / count,
    talkMs,
    wrapUpMs,
    wrapUpEachMs: count === 0 ? null : wrapUpMs / count,
    occupancy: day === null || day.signed_in_ms === 0 ? null : Math.min(1, busyMs / day.signed_in_ms),
    hours: first === undefined || last === undefined ? [] : hours.slice(first, last + 1),
  };
}
