import type { LiveAlert, LiveEvent } from "@lingtong/api";
import { parseTime } from "../time";

export type Alerts = ReadonlyMap<string, LiveAlert>;

type AlertEvent = Extract<LiveEvent, { type: `alert.${string}` }>;

/** What stands after an event. */
export function withAlertEvent(before: Alerts, event: AlertEvent): Alerts {
  const after = new Map(before);
  switch (event.type) {
    case "alert.raised":
      after.set(event.alert.id, event.alert);
      break;
    case "alert.changed": {
      const old = before.get(event.alert.id);
      const since = old?.since ?? event.alert.since;
      // One that became worse has to be acknowledged anew.
      const seen =
        event.alert.level === "critical" || old === undefined
          ? {}
          : { acknowledged_at: old.acknowledged_at ?? null, acknowledged_by: old.acknowledged_by ?? null };
      after.set(event.alert.id, { ...event.alert, ...seen, since });
      break;
    }
    case "alert.cleared":
      after.delete(event.alert.id);
      break;
    case "alert.acknowledged": {
      const alert = before.get(event.alert_id);
      if (alert !== undefined) after.set(alert.id, { ...alert, acknowledged_at: event.at, acknowledged_by: event.by });
      break;
    }
  }
  return after;
}

export function isAcknowledged(alert: Pick<LiveAlert, "acknowledged_at">): boolean {
  return typeof alert.acknowledged_at === "string";
}

/** What nobody looks after comes first, the worse before the less bad, the newer before the older. */
export function alertsByUrgency(alerts: Iterable<LiveAlert>): LiveAlert[] {
  return [...alerts].sort(
    (a, b) =>
      Number(isAcknowledged(a)) - Number(isAcknowledged(b)) ||
      Number(b.level === "critical") - Number(a.level === "critical") ||
      parseTime(b.since) - parseTime(a.since) ||
      (a.id < b.id ? 1 : -1),
  );
}
