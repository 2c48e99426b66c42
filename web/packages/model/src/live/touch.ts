import type { LiveEvent } from "@lingtong/api";

/** The interaction that an event tells of, or null. */
export function interactionOf(event: LiveEvent): string | null {
  switch (event.type) {
    case "interaction.started":
    case "interaction.state":
    case "interaction.ended":
      return event.interaction.id;
    case "interaction.wrapped":
    case "interaction.disposition":
    case "interaction.supervised":
    case "interaction.answer_asked":
    case "recording.paused":
    case "survey.answered":
    case "callback.requested":
    case "callback.followed":
      return event.interaction_id;
    case "voicemail.left":
      return event.voicemail.interaction_id;
    case "lease.expired":
      return event.expired.interaction_id;
    case "agent.state":
      return event.agent.interaction_id ?? null;
    case "queue.stats":
    case "capacity.stats":
    case "alert.raised":
    case "alert.changed":
    case "alert.cleared":
    case "alert.acknowledged":
    case "alarm":
    case "callback.changed":
    case "voicemail.changed":
    case "settings.changed":
    case "flow.canary":
    // What was ordered tells of itself by what it changes.
    case "order.given":
      return null;
  }
}

const LISTED: ReadonlySet<LiveEvent["type"]> = new Set([
  "interaction.wrapped",
  "interaction.disposition",
  "survey.answered",
  "callback.requested",
  "callback.changed",
  "callback.followed",
  "alert.raised",
  "alert.changed",
  "alert.cleared",
  "alert.acknowledged",
  "voicemail.left",
  "voicemail.changed",
]);

/** Whether what an event tells is read from the server's lists, which follow its journal by a moment. */
export function isListed(event: LiveEvent): boolean {
  return LISTED.has(event.type);
}

/** Whether an event changes the list of callbacks. */
export function touchesCallbacks(event: LiveEvent): boolean {
  return event.type === "callback.requested" || event.type === "callback.changed" || event.type === "callback.followed";
}

/** Whether an event changes the list of alerts. */
export function touchesAlerts(event: LiveEvent): boolean {
  return event.type.startsWith("alert.");
}

/** Whether an event changes the list of messages. */
export function touchesVoicemails(event: LiveEvent): boolean {
  return event.type === "voicemail.left" || event.type === "voicemail.changed";
}
