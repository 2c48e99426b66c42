import { STATE_COLOR, type StateName } from "@lingtong/ui";
import type { TFunction } from "i18next";

function asState(cause: string): StateName | undefined {
  return Object.hasOwn(STATE_COLOR, cause) ? (cause as StateName) : undefined;
}

/** Custom property with the colour of a segment's cause. */
export function causeColor(cause: string): string {
  const state = asState(cause);
  return state === undefined ? "--not-ready" : STATE_COLOR[state];
}

/** A segment's cause in words; one that this page does not know is shown as the server gave it. */
export function causeText(t: TFunction<["console", "ui"]>, cause: string): string {
  if (cause === "setup") return t("detail.setup");
  const state = asState(cause);
  return state === undefined ? cause : t(`ui:state.${state}`);
}
