import type { Alarm, LiveAgent, LiveEvent, LiveInteraction, LiveQueue, LiveSnapshot } from "@lingtong/api";
import { parseTime } from "../time";

/** Alarms kept on the board, newest first; older ones are in the server's log. */
export const MAX_ALARMS = 50;

/** What happens now, as the snapshot told it and the events since have changed it. Never mutated. */
export interface LiveBoard {
  cursor: string;
  /** Server's clock minus this machine's, in milliseconds, so that timers agree on every desk. */
  clockOffsetMs: number;
  agents: ReadonlyMap<string, LiveAgent>;
  interactions: ReadonlyMap<string, LiveInteraction>;
  queues: ReadonlyMap<string, LiveQueue>;
  alarms: readonly Alarm[];
  /** Interactions that ended since the snapshot: a list page says that it can be refreshed. */
  endedCount: number;
}

function byId<T extends { id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

/** The board of a fresh snapshot; alarms outlive it, since snapshots carry none. */
export function boardFromSnapshot(snapshot: LiveSnapshot, localNowMs: number, before?: LiveBoard): LiveBoard {
  return {
    cursor: snapshot.cursor,
    clockOffsetMs: parseTime(snapshot.at) - localNowMs,
    agents: byId(snapshot.agents),
    interactions: byId(snapshot.interactions),
    queues: byId(snapshot.queues),
    alarms: before?.alarms ?? [],
    endedCount: before?.endedCount ?? 0,
  };
}

function withAlarm(alarms: readonly Alarm[], alarm: Alarm): readonly Alarm[] {
  const others = alarms.filter((other) => other.id !== alarm.id);
  return [alarm, ...others].slice(0, MAX_ALARMS);
}

/** The board after these events, in order. Unchanged parts keep their identity, so that views skip them. */
export function applyEvents(board: LiveBoard, events: readonly LiveEvent[]): LiveBoard {
  if (events.length === 0) return board;
  let agents: Map<string, LiveAgent> | undefined;
  let interactions: Map<string, LiveInteraction> | undefined;
  let queues: Map<string, LiveQueue> | undefined;
  let { alarms, cursor, endedCount } = board;
  for (const event of events) {
    cursor = event.id;
    switch (event.type) {
      case "agent.state":
        agents ??= new Map(board.agents);
        agents.set(event.agent.id, event.agent);
        break;
      case "interaction.started":
      case "interaction.state":
        interactions ??= new Map(board.interactions);
        interactions.set(event.interaction.id, event.interaction);
        break;
      case "interaction.ended":
        interactions ??= new Map(board.interactions);
        interactions.delete(event.interaction.id);
        endedCount += 1;
        break;
      case "queue.stats":
        queues ??= new Map(board.queues);
        queues.set(event.queue.id, event.queue);
        break;
      case "alarm":
        alarms = withAlarm(alarms, event.alarm);
        break;
      // Nothing on the board changes: they are for whoever looks at one call, or at the callbacks.
      case "interaction.wrapped":
      case "interaction.disposition":
      case "interaction.supervised":
      case "recording.paused":
      case "survey.answered":
      case "callback.requested":
      case "callback.changed":
        break;
    }
  }
  return {
    ...board,
    cursor,
    endedCount,
    alarms,
    agents: agents ?? board.agents,
    interactions: interactions ?? board.interactions,
    queues: queues ?? board.queues,
  };
}
