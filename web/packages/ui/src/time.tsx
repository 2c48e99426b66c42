import { clock as clockText, parseTime, relative } from "@lingtong/model";
import { useEffect, useRef, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useLocality } from "./clock";

type Form = "exact" | "day" | "time" | "milliseconds";

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const DAY: Intl.DateTimeFormatOptions = { month: "2-digit", day: "2-digit" };
const FORMS: Readonly<Record<Form, Intl.DateTimeFormatOptions>> = {
  exact: { year: "numeric", ...DAY, ...CLOCK },
  day: DAY,
  time: CLOCK,
  milliseconds: { ...CLOCK, fractionalSecondDigits: 3 },
};

/** Made once for each language, zone and form, a handful: making one costs as much as a hundred uses of it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(form: Form, locale: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${form} ${locale} ${timeZone}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale, { timeZone, ...FORMS[form] });
    formats.set(key, found);
  }
  return found;
}

/** The exact date and time of an instant, in the tenant's zone. */
export function exactTime(at: string, locale: string, timeZone: string): string {
  return format("exact", locale, timeZone).format(parseTime(at));
}

/** The time of day of an instant, with milliseconds where events follow each other closely. */
export function timeOfDay(at: string, locale: string, timeZone: string, milliseconds = false): string {
  return format(milliseconds ? "milliseconds" : "time", locale, timeZone).format(parseTime(at));
}

/** How long ago, in words; beyond a week the date. */
export function relativeTime(at: string, nowMs: number, locale: string, timeZone: string): string {
  const atMs = parseTime(at);
  const found = relative(atMs, nowMs);
  if (found === null) return format("day", locale, timeZone).format(atMs);
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(found.value, found.unit);
}

/**
 * Text that changes with the clock. It writes into its own node instead of rendering again:
 * a thousand timers cost a thousand small writes a second and no React work.
 */
function useTickingText(text: (nowMs: number) => string): [React.RefObject<HTMLTimeElement | null>, string] {
  const { clock } = useLocality();
  const ref = useRef<HTMLTimeElement>(null);
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
    const write = (): void => {
      const next = latest.current(clock.now());
      if (ref.current !== null && ref.current.textContent !== next) ref.current.textContent = next;
    };
    write();
    return clock.subscribe(write);
  }, [clock, text]);
  return [ref, text(clock.now())];
}

/** A running timer since an instant; with `until` it counts down. */
export function Elapsed({ since, until }: { since: string; until?: string | null }): ReactElement {
  const { timeZone } = useLocality();
  const { i18n } = useTranslation("ui");
  const [from, target] = [parseTime(since), until ? parseTime(until) : null];
  const [ref, initial] = useTickingText((now) => clockText(target === null ? now - from : target - now + 999));
  return (
    <time ref={ref} className="num" dateTime={since} title={exactTime(since, i18n.language, timeZone)}>
      {initial}
    </time>
  );
}

/** A time in words, exact on hover. */
export function RelativeTime({ at }: { at: string }): ReactElement {
  const { timeZone } = useLocality();
  const { i18n } = useTranslation("ui");
  const [ref, initial] = useTickingText((now) => relativeTime(at, now, i18n.language, timeZone));
  return (
    <time ref={ref} className="num" dateTime={at} title={exactTime(at, i18n.language, timeZone)}>
      {initial}
    </time>
  );
}

/** A finished length of time. */
export function Duration({ ms }: { ms: number }): ReactElement {
  return <span className="num">{clockText(ms)}</span>;
}
