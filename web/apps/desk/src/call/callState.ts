import type { CallPhase } from "@lingtong/phone";
import type { StateName } from "@lingtong/ui";

/** The mark and colour of a call at the phone. */
export const CALL_STATE: Readonly<Record<CallPhase, StateName>> = {
  ringing: "ringing",
  dialling: "ringing",
  alerting: "ringing",
  connecting: "talking",
  talking: "talking",
  held: "held",
  recovering: "alarm",
};
