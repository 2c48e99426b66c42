import type { LiveQueue } from "@lingtong/api";

/** Width of one point of a spark line. */
export const SAMPLE_MS = 15_000;
const MINUTE_MS = 60_000;
/** Points kept per queue: one hour. */
export const MAX_SAMPLES = 240;

/** How many waited in each queue over the last hour. */
export class WaitingHistory {
  private readonly samples = new Map<string, number[]>();
  private slot = -1;

  /** Begins with what the server has kept: the most that waited in each minute of the last hour. */
  seed(queues: Iterable<LiveQueue>, nowMs: number): void {
    for (const { id, waited } of queues) {
      if (waited === undefined || waited.length === 0) continue;
      const points = waited.flatMap((peak) => Array.from({ length: MINUTE_MS / SAMPLE_MS }, () => peak));
      this.samples.set(id, points.slice(-MAX_SAMPLES));
      this.slot = Math.floor(nowMs / SAMPLE_MS);
    }
  }

  /** Records the present figures; within one slot the highest counts, so that a short peak is not lost. */
  record(queues: Iterable<LiveQueue>, nowMs: number): void {
    const slot = Math.floor(nowMs / SAMPLE_MS);
    const steps = this.slot < 0 ? 1 : Math.min(Math.max(slot - this.slot, 0), MAX_SAMPLES);
    this.slot = slot;
    for (const queue of queues) {
      const points = this.samples.get(queue.id) ?? [];
      const last = points.at(-1) ?? queue.waiting;
      // A gap means that nothing changed: the figure before stood until now.
      for (let step = 1; step < steps; step += 1) points.push(last);
      if (steps > 0 || points.length === 0) points.push(queue.waiting);
      else points[points.length - 1] = Math.max(last, queue.waiting);
      this.samples.set(queue.id, points.slice(-MAX_SAMPLES));
    }
  }

  of(queueId: string): readonly number[] {
    return this.samples.get(queueId) ?? [];
  }
}

/** An SVG path of the points in a box; flat at the bottom when all are zero. */
export function sparkPath(points: readonly number[], width: number, height: number): string {
  if (points.length === 0) return "";
  const top = Math.max(1, ...points);
  // One point alone is a level that has stood since.
  const drawn = points.length === 1 ? [...points, ...points] : points;
  const step = width / (drawn.length - 1);
  return drawn
    .map((point, index) => {
      const x = (index * step).toFixed(1);
      const y = (height - (point / top) * height).toFixed(1);
      return `${index === 0 ? "M" : "L"}${x} ${y}`;
    })
    .join("");
}
