import type { AgentStateName, LiveAgent, LiveInteraction, LiveInteractionState, LiveQueue, LiveTeam } from "@lingtong/api";
import { parseTime } from "../time";
import type { LiveBoard } from "./board";

/** Order in which states are shown: what needs a supervisor's eye first. */
export const AGENT_STATES: readonly AgentStateName[] = [
  "talking",
  "ringing",
  "ready",
  "wrap_up",
  "not_ready",
  "offline",
];

export interface Summary {
  waiting: number;
  /** When the caller who waits longest began to, or null when nobody waits. */
  longestWaitSince: string | null;
  callsNow: number;
  /** Today's, over all queues, each weighted with what it was offered; null before the first call. */
  serviceLevel: number | null;
  abandonShare: number | null;
  /** Of the last half hour; null where no wait has ended in it. */
  serviceLevelNow: number | null;
  abandonShareNow: number | null;
  /** Agents at work, of those at work or ready; null where nobody is. */
  occupancy: number | null;
  /** Calls that the node can take beside those that stand; null where nobody has said. */
  callsFree: number | null;
  offeredToday: number;
  answeredToday: number;
  abandonedToday: number;
  agentsByState: Readonly<Record<AgentStateName, number>>;
  signedIn: number;
}

function earlier(a: string | null, b: string | null | undefined): string | null {
  if (b === null || b === undefined) return a;
  if (a === null) return b;
  return parseTime(b) < parseTime(a) ? b : a;
}

/** How many agents are in each state. */
export function countStates(agents: Iterable<LiveAgent>): Record<AgentStateName, number> {
  const counts = { offline: 0, ready: 0, not_ready: 0, ringing: 0, talking: 0, wrap_up: 0 };
  for (const agent of agents) counts[agent.state] += 1;
  return counts;
}

/** The figures of the top line. */
export function summarise(board: LiveBoard): Summary {
  let waiting = 0;
  let longestWaitSince: string | null = null;
  let [offeredToday, answeredToday, abandonedToday, weighted, weight] = [0, 0, 0, 0, 0];
  let [ended, inTarget, abandoned] = [0, 0, 0];
  for (const queue of board.queues.values()) {
    waiting += queue.waiting;
    longestWaitSince = earlier(longestWaitSince, queue.longest_wait_since);
    offeredToday += queue.offered_today;
    answeredToday += queue.answered_today;
    abandonedToday += queue.abandoned_today;
    ended += queue.ended_recently ?? 0;
    inTarget += queue.in_target_recently ?? 0;
    abandoned += queue.abandoned_recently ?? 0;
    if (queue.service_level !== null && queue.service_level !== undefined) {
      weighted += queue.service_level * queue.offered_today;
      weight += queue.offered_today;
    }
  }
  const agentsByState = countStates(board.agents.values());
  const busy = agentsByState.talking + agentsByState.ringing + agentsByState.wrap_up;
  const working = busy + agentsByState.ready;
  return {
    waiting,
    longestWaitSince,
    callsNow: board.interactions.size,
    serviceLevel: weight === 0 ? null : weighted / weight,
    abandonShare: offeredToday === 0 ? null : abandonedToday / offeredToday,
    serviceLevelNow: ended === 0 ? null : inTarget / ended,
    abandonShareNow: ended === 0 ? null : abandoned / ended,
    occupancy: working === 0 ? null : busy / working,
    callsFree: board.capacity.calls === 0 ? null : board.capacity.free,
    offeredToday,
    answeredToday,
    abandonedToday,
    agentsByState,
    signedIn: board.agents.size - agentsByState.offline,
  };
}

const URGENCY: Readonly<Record<LiveInteractionState, number>> = {
  queued: 0,
  ringing: 1,
  held: 2,
  away: 2,
  parked: 2,
  talking: 3,
  menu: 4,
  ending: 5,
};

/** Calls by urgency: who waits first, longest first, then the others by how long they last. */
export function callsByUrgency(interactions: Iterable<LiveInteraction>): LiveInteraction[] {
  return [...interactions].sort(
    (a, b) =>
      URGENCY[a.state] - URGENCY[b.state] ||
      parseTime(a.state === "queued" ? a.started_at : a.state_since) -
        parseTime(b.state === "queued" ? b.started_at : b.state_since) ||
      (a.id < b.id ? -1 : 1),
  );
}

export type AgentSort = "state" | "number" | "longest";
export type AgentGroup = "none" | "state" | "queue" | "team";

export interface AgentGridQuery {
  sort: AgentSort;
  group: AgentGroup;
  /** Empty shows all but the agents who are offline; naming `offline` brings those in. */
  states: ReadonlySet<AgentStateName>;
  /** Part of a number or a name. */
  text: string;
  queueId: string;
}

export interface AgentGridGroup {
  /** Id of the state or queue, empty when not grouped. */
  key: string;
  agents: LiveAgent[];
}

/** Made once: a thousand agents are sorted several times a second. */
const NUMBERS = new Intl.Collator("en", { numeric: true });

function comparator(sort: AgentSort): (a: LiveAgent, b: LiveAgent) => number {
  const byNumber = (a: LiveAgent, b: LiveAgent): number => NUMBERS.compare(a.number, b.number);
  const rank = (agent: LiveAgent): number => AGENT_STATES.indexOf(agent.state);
  switch (sort) {
    case "number":
      return byNumber;
    case "longest":
      return (a, b) => parseTime(a.since) - parseTime(b.since) || byNumber(a, b);
    case "state":
      return (a, b) => rank(a) - rank(b) || byNumber(a, b);
  }
}

function matches(agent: LiveAgent, query: AgentGridQuery, text: string): boolean {
  if (query.states.size === 0 ? agent.state === "offline" : !query.states.has(agent.state)) return false;
  if (query.queueId !== "" && !agent.queues.includes(query.queueId)) return false;
  return text === "" || agent.number.includes(text) || agent.name.toLowerCase().includes(text);
}

/** The key of the group of those who are in no team. */
export const NO_TEAM = "-";

function byTeam(agents: readonly LiveAgent[], teams: readonly LiveTeam[]): AgentGridGroup[] {
  const inTeams = new Map(teams.map((team) => [team.id, new Set(team.agents)]));
  const groups = [...inTeams].map(([key, members]) => ({ key, agents: agents.filter((agent) => members.has(agent.id)) }));
  const alone = agents.filter((agent) => ![...inTeams.values()].some((members) => members.has(agent.id)));
  return [...groups, { key: NO_TEAM, agents: alone }].filter((group) => group.agents.length > 0);
}

/** The agents as the grid shows them: narrowed, sorted, grouped; an agent of two queues stands in both. */
export function agentGrid(
  agents: Iterable<LiveAgent>,
  queues: Iterable<Pick<LiveQueue, "id">>,
  query: AgentGridQuery,
  teams: readonly LiveTeam[] = [],
): AgentGridGroup[] {
  const text = query.text.trim().toLowerCase();
  const shown = [...agents].filter((agent) => matches(agent, query, text)).sort(comparator(query.sort));
  if (query.group === "none") return shown.length === 0 ? [] : [{ key: "", agents: shown }];
  if (query.group === "team") return byTeam(shown, teams);
  const keys = query.group === "state" ? [...AGENT_STATES] : [...queues].map((queue) => queue.id);
  const belongs = (agent: LiveAgent, key: string): boolean =>
    query.group === "state" ? agent.state === key : agent.queues.includes(key);
  return keys
    .map((key) => ({ key, agents: shown.filter((agent) => belongs(agent, key)) }))
    .filter((group) => group.agents.length > 0);
}
