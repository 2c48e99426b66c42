/** Alarms that one may be told of. */
const ALERTS = [
  "threshold",
  "emergency_call",
  "trunk_down",
  "trunk_unregistered",
  "recording_failed",
  "disk_failed",
  "disk_slow",
  "journal_failed",
  "sync_failed",
  "events_lost",
  "lease_expired",
  "flow_missing",
  "canary_rolled_back",
  "call_too_long",
] as const;

export type AlertCode = (typeof ALERTS)[number];

const CODE = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const TITLE = { path: "title", word: "title", type: "title" } as const;

/** The kinds of who is written to, when, and by which server. */
export const OUTBOUND = [
  {
    id: "mail_server",
    name: /^default$/,
    only: "default",
    writes: "settings.write",
    columns: ["host", "security", "from"],
    fields: [
      { path: "host", word: "host", type: "text", required: true, hint: true },
      { path: "security", word: "security", type: "choice", options: ["starttls", "tls", "none"], fallback: "starttls" },
      { path: "port", word: "port", type: "number", min: 1, max: 65_535, hint: true },
      { path: "username", word: "mail_user", type: "text" },
      { path: "password", word: "mail_password", type: "secret" },
      { path: "from", word: "from", type: "text", required: true },
      { path: "from_name", word: "from_name", type: "text" },
      { path: "reply_to", word: "reply_to", type: "text", hint: true, more: true },
      { path: "allow_plain", word: "allow_plain", type: "switch", fallback: false, hint: true, more: true },
    ],
  },
  {
    id: "report_schedule",
    name: CODE,
    writes: "settings.write",
    columns: ["title", "repeat", "at", "recipients", "paused"],
    fields: [
      TITLE,
      { path: "by", word: "by", type: "choice", options: ["queue", "agent", "team", "flow", "number", "direction"], fallback: "queue" },
      { path: "subjects", word: "subjects", type: "texts", hint: true },
      { path: "every", word: "every", type: "choice", options: ["15", "30", "60", "day", "all"], fallback: "day" },
      { path: "repeat", word: "repeat", type: "choice", options: ["daily", "weekly", "monthly"], fallback: "daily" },
      { path: "weekday", word: "weekday", type: "number", min: 1, max: 7, fallback: 1, hint: true },
      { path: "day", word: "day", type: "number", min: 1, max: 28, fallback: 1, hint: true },
      { path: "at", word: "at", type: "text", hint: true },
      { path: "about", word: "about", type: "choice", options: ["whole", "so_far"], fallback: "whole" },
      { path: "recipients", word: "recipients", type: "texts", required: true },
      { path: "formats", word: "formats", type: "choices", options: ["xlsx", "csv", "pdf"], fallback: ["xlsx"] },
      { path: "language", word: "language", type: "choice", options: ["zh", "en"], fallback: "zh" },
      { path: "paused", word: "paused", type: "switch", fallback: false },
    ],
  },
  {
    id: "alert_subscription",
    name: CODE,
    writes: "settings.write",
    columns: ["title", "alerts", "recipients", "url", "paused"],
    fields: [
      TITLE,
      { path: "alerts", word: "alerts", type: "choices", options: ALERTS, fallback: [] },
      { path: "recipients", word: "recipients", type: "texts" },
      { path: "url", word: "url", type: "text", hint: true },
      { path: "secret", word: "hook_secret", type: "secret", makeUp: true, hint: true },
      { path: "cleared", word: "cleared", type: "switch", fallback: true },
      { path: "language", word: "language", type: "choice", options: ["zh", "en"], fallback: "zh" },
      { path: "quiet_from", word: "quiet_from", type: "text", hint: true, more: true },
      { path: "quiet_to", word: "quiet_to", type: "text", more: true },
      { path: "paused", word: "paused", type: "switch", fallback: false },
    ],
  },
] as const;
