import type { TFunction } from "i18next";

const ALARMS = [
  "journal_failed",
  "ladder_failed",
  "disk_failed",
  "disk_slow",
  "sync_failed",
  "sync_slow",
  "events_lost",
  "recording_failed",
  "call_too_long",
  "leg_given_up",
  "callbacks_full",
  "queue_refused",
  "lease_expired",
  "flow_missing",
  "canary_rolled_back",
  "emergency_call",
  "trunk_down",
  "trunk_unregistered",
] as const;

/** What an alarm means; a code that this page does not know is shown as the server gave it. */
export function alarmText(t: TFunction<["console", "ui"]>, code: string): string {
  const known = ALARMS.find((one) => one === code);
  return known === undefined ? code : t(`alarm.${known}`);
}
