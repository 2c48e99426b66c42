import type { Alarm, Capacity, LiveAgent, LiveEvent, LiveInteraction, LiveQueue, LiveSnapshot, LiveTeam, SupervisionMode } from "@lingtong/api";
import { parseTime } from "../time";
import { withAlertEvent, type Alerts } from "./alerts";

/** Alarms kept on the board, newest first; older ones are in the server's log. */
export const MAX_ALARMS = 50;

export type Supervision = ReadonlyMap<string, ReadonlyMap<string, SupervisionMode>>;

/** What happens now, as the snapshot told it and the events since have changed it. Never mutated. */
export interface LiveBoard {
  cursor: string;
  /** Server's clock minus this machine's, in milliseconds, so that timers agree on every desk. */
  clockOffsetMs: number;
  agents: ReadonlyMap<string, LiveAgent>;
  interactions: ReadonlyMap<string, LiveInteraction>;
  queues: ReadonlyMap<string, LiveQueue>;
  alarms: readonly Alarm[];
  /** Figures that have passed a threshold, as they stand. */
  alerts: Alerts;
  teams: readonly LiveTeam[];
  /** What the node can carry. */
  capacity: Capacity;
  /** Who takes part in a call as a supervisor, and how, by the call and the supervisor's agent id. */
  supervision: Supervision;
  /** Interactions that ended since the snapshot: a list page says that it can be refreshed. */
  endedCount: number;
}

function byId<T extends { id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

/** Who takes part as a supervisor; events tell what changes of it. */
function supervisionOf(interactions: readonly LiveInteraction[]): Supervision {
  return new Map(
    interactions.flatMap(({ id, supervisors }) =>
      supervisors === undefined || supervisors.length === 0
        ? []
        : [[id, new Map(supervisors.map((one): [string, SupervisionMode] => [one.agent_id, one.mode]))] as const],
    ),
  );
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
    alerts: byId(snapshot.alerts ?? []),
    teams: snapshot.teams ?? [],
    capacity: snapshot.capacity ?? { calls: 0, free: 0 },
    supervision: supervisionOf(snapshot.interactions),
    endedCount: before?.endedCount ?? 0,
  };
}

function withAlarm(alarms: readonly Alarm[], alarm: Alarm): readonly Alarm[] {
  const others = alarms.filter((other) => other.id !== alarm.id);
  return [alarm, ...others].slice(0, MAX_ALARMS);
}

function withSupervisor(before: Supervision, call: string, by: string, mode: SupervisionMode): Supervision {
  const supervisors = new Map(before.get(call));
  if (mode === "stop") supervisors.delete(by);
  else supervisors.set(by, mode);
  const after = new Map(before);
  if (supervisors.size === 0) after.delete(call);
  else after.set(call, supervisors);
  return after;
}

function without(before: Supervision, call: string): Supervision {
  return before.has(call) ? new Map([...before].filter(([id]) => id !== call)) : before;
}

/** The board after these events, in order. Unchanged parts keep their identity, so that views skip them. */
export function applyEvents(board: LiveBoard, events: readonly LiveEvent[]): LiveBoard {
  if (events.length === 0) return board;
  let agents: Map<string, LiveAgent> | undefined;
  let interactions: Map<string, LiveInteraction> | undefined;
  let queues: Map<string, LiveQueue> | undefined;
  let { alarms, alerts, capacity, cursor, endedCount, supervision } = board;
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
        supervision = without(supervision, event.interaction.id);
        break;
      case "interaction.supervised":
        supervision = withSupervisor(supervision, event.interaction_id, event.by_agent_id, event.mode);
        break;
      case "queue.stats":
        queues ??= new Map(board.queues);
        queues.set(event.queue.id, event.queue);
        break;
      case "capacity.stats":
        capacity = event.capacity;
        break;
      case "alert.raised":
      case "alert.changed":
      case "alert.cleared":
      case "alert.acknowledged":
        alerts = withAlertEvent(alerts, event);
        break;
      case "alarm":
        alarms = withAlarm(alarms, event.alarm);
        break;
      // Nothing on the board changes: they are for whoever looks at one call, at the callbacks or at messages.
      case "interaction.wrapped":
      // Its alarm tells of it.
      case "lease.expired":
      case "interaction.answer_asked":
      case "interaction.disposition":
      case "recording.paused":
      case "survey.answered":
      case "callback.requested":
      case "callback.changed":
      case "callback.followed":
      case "voicemail.left":
      case "voicemail.changed":
      case "settings.changed":
      case "order.given":
      // Its alarm tells of what has to be looked at.
      case "flow.canary":
        break;
    }
  }
  return {
    ...board,
    cursor,
    endedCount,
    alarms,
    alerts,
    capacity,
    supervision,
    agents: agents ?? board.agents,
    interactions: interactions ?? board.interactions,
    queues: queues ?? board.queues,
  };
}
