export const deliveries = {
  title: "Deliveries",
  filter: "State of deliveries",
  kind: { mail: "Mail", webhook: "Webhook" },
  status: { "": "All", waiting: "Waiting", sent: "Delivered", failed: "Given up" },
  column: { at: "When", by: "By", about: "What", recipient: "To", state: "State", answer: "Answer" },
  attempts: "{{count}} attempts",
  again: "Try now",
  againOf: "Try the delivery to {{recipient}} now",
  none: "No deliveries",
  noneText: "What report schedules and alert subscriptions send by mail and webhook appears here for 30 days.",
};

export const schedules = {
  title: "Report schedules",
  column: { report: "Report", repeat: "Sent", recipients: "Recipients", next: "Next", last: "Last" },
  seen: "When it is due next, and how it went",
  never: "Not sent yet",
  failed: "Not made",
  letters: "{{count}} letters",
  missed: "{{count}} before it missed",
  paused: "Paused",
  active: "{{title}} is active",
  run: "Send now",
  runOf: "Send now: {{title}}",
  ran: "Made, {{count}} letters sent",
};
