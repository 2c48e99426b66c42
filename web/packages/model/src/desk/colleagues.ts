import type { AgentStateName, LiveAgent } from "@lingtong/api";
import { parseTime } from "../time";

export interface Colleague {
  id: string;
  number: string;
  name: string;
  state: AgentStateName;
  reason: string | null;
  since: string;
  /** Can take a call now. */
  free: boolean;
  /** Serves a queue that I serve. */
  mine: boolean;
}

/** Rows that a list shows at most; beyond it one searches. */
export const MAX_COLLEAGUES = 200;

const ORDER: Readonly<Record<AgentStateName, number>> = {
  ready: 0,
  wrap_up: 1,
  not_ready: 2,
  talking: 3,
  ringing: 4,
  offline: 5,
};
const NUMBERS = new Intl.Collator("en", { numeric: true });

/**
 * The others, those who can help first: ready before busy, longest ready first, own queues before others. Who is signed
 * out is shown only where their number or name is asked for.
 */
export function colleagues(agents: Iterable<LiveAgent>, meId: string, text: string): Colleague[] {
  const all = [...agents];
  const queues = new Set(all.find((agent) => agent.id === meId)?.queues ?? []);
  const wanted = text.trim().toLowerCase();
  return all
    .filter((agent) => {
      if (agent.id === meId) return false;
      if (wanted === "") return agent.state !== "offline";
      return agent.number.includes(wanted) || agent.name.toLowerCase().includes(wanted);
    })
    .map((agent) => ({
      id: agent.id,
      number: agent.number,
      name: agent.name,
      state: agent.state,
      reason: agent.reason ?? null,
      since: agent.since,
      free: agent.state === "ready",
      mine: agent.queues.some((queue) => queues.has(queue)),
    }))
    .sort(
      (a, b) =>
        ORDER[a.state] - ORDER[b.state] ||
        Number(b.mine) - Number(a.mine) ||
        (a.free ? parseTime(a.since) - parseTime(b.since) : 0) ||
        NUMBERS.compare(a.number, b.number),
    )
    .slice(0, MAX_COLLEAGUES);
}
