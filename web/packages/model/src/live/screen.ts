import type { LiveAlert, LiveQueue } from "@lingtong/api";

/** How long each group of queues stands on a big screen: long enough to read eight cards. */
export const ROTATE_MS = 12_000;
/** Cards of one group: two rows of four are read at five metres. */
export const CARDS = 8;
/** Figures older than this are said to be old: a quiet stream speaks every fifteen seconds. */
export const STALE_MS = 45_000;

/** Queues in groups that fit, each of about the same size. */
export function screenPages(queues: readonly LiveQueue[], most = CARDS): LiveQueue[][] {
  const pages = Math.ceil(queues.length / most);
  if (pages === 0) return [];
  const size = Math.ceil(queues.length / pages);
  return Array.from({ length: pages }, (_, page) => queues.slice(page * size, (page + 1) * size));
}

/** Which group stands at this moment: every screen shows the same one. */
export function pageAt(nowMs: number, pages: number): number {
  return pages === 0 ? 0 : Math.floor(nowMs / ROTATE_MS) % pages;
}

/** How bad it is with each queue that an alert is of. */
export function levelsByQueue(alerts: Iterable<LiveAlert>): ReadonlyMap<string, LiveAlert["level"]> {
  const levels = new Map<string, LiveAlert["level"]>();
  for (const { queue, level } of alerts) {
    if (queue === null || queue === undefined) continue;
    if (level === "critical" || !levels.has(queue.id)) levels.set(queue.id, level);
  }
  return levels;
}
