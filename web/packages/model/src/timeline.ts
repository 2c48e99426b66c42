import type { Segment } from "@lingtong/api";
import { parseTime } from "./time";

export interface TimelinePart {
  cause: string;
  fromMs: number;
  durationMs: number;
  /** Share of the whole, 0 to 1. */
  share: number;
}

/** The call's life as parts of one bar; parts without length are left out. */
export function timeline(segments: readonly Segment[]): TimelinePart[] {
  const parts = segments
    .map((segment) => ({ cause: segment.cause, from: parseTime(segment.from), to: parseTime(segment.to) }))
    .filter((part) => part.to > part.from)
    .sort((a, b) => a.from - b.from);
  const start = parts[0]?.from ?? 0;
  const total = parts.reduce((sum, part) => sum + part.to - part.from, 0);
  return parts.map((part) => ({
    cause: part.cause,
    fromMs: part.from - start,
    durationMs: part.to - part.from,
    share: (part.to - part.from) / total,
  }));
}
