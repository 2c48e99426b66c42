import type { LiveQueue, NowFigure } from "@lingtong/api";
import type { LiveBoard } from "../live/board";
import { summarise } from "../live/summary";

export const NOW_FIGURES: readonly NowFigure[] = [
  "waiting",
  "longest_wait",
  "service_level",
  "abandon_rate",
  "answered_today",
  "ready_agents",
  "talking_agents",
];

/** A figure of this moment: a number, a share of 0 to 1, or the time since when; null where there is none. */
export type NowValue = { unit: "count" | "share"; value: number | null } | { unit: "since"; value: string | null };

/** The named queues in the order of the board; all when none is named. One that was removed since is left out. */
export function queuesNamed(board: LiveBoard, ids: readonly string[]): readonly LiveQueue[] {
  const all = [...board.queues.values()];
  return ids.length === 0 ? all : all.filter((queue) => ids.includes(queue.id));
}

/** The board as if there were these queues alone, with the agents who serve them. */
function narrowed(board: LiveBoard, ids: readonly string[]): LiveBoard {
  if (ids.length === 0) return board;
  return {
    ...board,
    queues: new Map(queuesNamed(board, ids).map((queue) => [queue.id, queue])),
    agents: new Map([...board.agents].filter(([, agent]) => agent.queues.some((queue) => ids.includes(queue)))),
  };
}

export function nowValue(board: LiveBoard, figure: NowFigure, ids: readonly string[]): NowValue {
  const sums = summarise(narrowed(board, ids));
  switch (figure) {
    case "waiting":
      return { unit: "count", value: sums.waiting };
    case "longest_wait":
      return { unit: "since", value: sums.longestWaitSince };
    case "service_level":
      return { unit: "share", value: sums.serviceLevelNow };
    case "abandon_rate":
      return { unit: "share", value: sums.abandonShareNow };
    case "answered_today":
      return { unit: "count", value: sums.answeredToday };
    case "ready_agents":
      return { unit: "count", value: sums.agentsByState.ready };
    case "talking_agents":
      return { unit: "count", value: sums.agentsByState.talking };
  }
}
