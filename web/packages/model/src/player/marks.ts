import type { InteractionDetail, Recording } from "@lingtong/api";
import { parseTime } from "../time";

export interface Mark {
  atMs: number;
  /** What happens there: a segment's cause, or the reason of a gap. */
  cause: string;
  kind: "segment" | "gap";
}

/** Places of a recording worth jumping to: where the call's state changes, and where sound is missing. */
export function marksOf(recording: Recording, detail: Pick<InteractionDetail, "segments">): Mark[] {
  const start = parseTime(recording.started_at);
  const within = (ms: number): boolean => ms > 0 && ms < recording.duration_ms;
  const marks: Mark[] = [
    ...detail.segments.map((one) => ({ atMs: parseTime(one.from) - start, cause: one.cause, kind: "segment" as const })),
    ...recording.gaps.map((gap) => ({ atMs: gap.from_ms, cause: gap.cause, kind: "gap" as const })),
  ];
  return marks.filter((mark) => within(mark.atMs)).sort((a, b) => a.atMs - b.atMs);
}
