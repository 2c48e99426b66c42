/** Milliseconds since the epoch of an RFC 3339 time; `NaN`-free, since an unreadable time counts as the epoch. */
export function parseTime(text: string): number {
  const value = Date.parse(text);
  return Number.isNaN(value) ? 0 : value;
}

/** A duration as a clock shows it: `0:07`, `12:34`, `1:02:03`. Negative durations show as zero. */
export function clock(durationMs: number): string {
  const total = Math.max(0, Math.floor(durationMs / 1000));
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  if (hours === 0) return `${String(minutes)}:${seconds}`;
  return `${String(hours)}:${String(minutes).padStart(2, "0")}:${seconds}`;
}

export type RelativeUnit = "second" | "minute" | "hour" | "day";

/** How far a time lies from now, in the unit a person would use; null beyond a week, when the date says more. */
export function relative(atMs: number, nowMs: number): { value: number; unit: RelativeUnit } | null {
  const seconds = Math.round((atMs - nowMs) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 45) return { value: 0, unit: "second" };
  if (distance < 45 * 60) return { value: Math.round(seconds / 60), unit: "minute" };
  if (distance < 22 * 3600) return { value: Math.round(seconds / 3600), unit: "hour" };
  if (distance < 7 * 86_400) return { value: Math.round(seconds / 86_400), unit: "day" };
  return null;
}

/** Wall-clock parts of an instant in a time zone. */
function partsIn(timeZone: string, atMs: number): { year: number; month: number; day: number; asUtc: number } {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const found = new Map(format.formatToParts(atMs).map((part) => [part.type, Number(part.value)]));
  const read = (type: Intl.DateTimeFormatPartTypes): number => found.get(type) ?? 0;
  const [year, month, day] = [read("year"), read("month"), read("day")];
  return { year, month, day, asUtc: Date.UTC(year, month - 1, day, read("hour"), read("minute"), read("second")) };
}

/** The instant at which a wall-clock time, given as if it were UTC, happens in the zone. */
export function instantOf(timeZone: string, wallAsUtcMs: number): number {
  const offset = (atMs: number): number => partsIn(timeZone, atMs).asUtc - Math.floor(atMs / 1000) * 1000;
  const guess = wallAsUtcMs - offset(wallAsUtcMs);
  // The offset at the guess differs from the first one only near a change to or from summer time.
  return wallAsUtcMs - offset(guess);
}

/** The wall-clock time of an instant in a zone, as if it were UTC: the inverse of `instantOf`. */
export function wallOf(timeZone: string, atMs: number): number {
  return partsIn(timeZone, atMs).asUtc;
}

/** The instant at which the tenant's day began, `daysAgo` days before the one that holds `nowMs`. */
export function startOfDay(timeZone: string, nowMs: number, daysAgo = 0): number {
  const { year, month, day } = partsIn(timeZone, nowMs);
  return instantOf(timeZone, Date.UTC(year, month - 1, day - daysAgo));
}
