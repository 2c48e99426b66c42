import type { AgentDay } from "@lingtong/api";
import { parseTime, wallOf } from "../time";

export interface DayHour {
  hour: number;
  answered: number;
  missed: number;
  talkMs: number;
  wrapUpMs: number;
}

/** An agent's day so far. */
export interface DayFigures {
  answered: number;
  /** Calls that rang here and were not taken. */
  missed: number;
  /** Talk, hold and wrap-up of an average call. */
  ahtMs: number | null;
  talkMs: number;
  /** Wrap-up of an average call. */
  wrapUpEachMs: number | null;
  /** Share of the signed-in time spent with calls, 0 to 1. */
  occupancy: number | null;
  /** From the first hour with a call to the last one, by the clock of the tenant's zone. */
  hours: readonly DayHour[];
}

const NOTHING = { answered: 0, missed: 0, talkMs: 0, wrapUpMs: 0 };

/** The figures of a day as the server counts it. */
export function dayFigures(day: AgentDay, timeZone: string): DayFigures {
  const known = day.hours.map((one): DayHour => {
    const hour = new Date(wallOf(timeZone, parseTime(one.from))).getUTCHours();
    return { hour, answered: one.answered, missed: one.missed, talkMs: one.talk_ms, wrapUpMs: one.wrap_up_ms };
  });
  const [first, last] = [known[0]?.hour, known.at(-1)?.hour];
  const hours =
    first === undefined || last === undefined
      ? []
      : Array.from({ length: last - first + 1 }, (_, index): DayHour => {
          const hour = first + index;
          return known.find((one) => one.hour === hour) ?? { hour, ...NOTHING };
        });
  const each = (ms: number): number | null => (day.answered === 0 ? null : ms / day.answered);
  return {
    answered: day.answered,
    missed: day.missed,
    ahtMs: each(day.talk_ms + day.hold_ms + day.wrap_up_ms),
    talkMs: day.talk_ms,
    wrapUpEachMs: each(day.wrap_up_ms),
    occupancy: day.signed_in_ms === 0 ? null : Math.min(1, day.busy_ms / day.signed_in_ms),
    hours,
  };
}
