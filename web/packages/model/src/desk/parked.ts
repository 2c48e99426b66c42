import type { LiveInteraction } from "@lingtong/api";
import { parseTime } from "../time";

/** A call that waits in a slot for whoever dials its number. */
export interface ParkedCall {
  id: string;
  slot: string;
  number: string;
  since: string;
}

/** All parked calls, the longest waiting first. */
export function parkedCalls(interactions: Iterable<LiveInteraction>): ParkedCall[] {
  return [...interactions]
    .flatMap(({ id, state, slot, direction, from, to, state_since: since }) =>
      state === "parked" && typeof slot === "number"
        ? [{ id, slot: String(slot), number: direction === "outbound" ? to : from, since }]
        : [],
    )
    .sort((a, b) => parseTime(a.since) - parseTime(b.since));
}
