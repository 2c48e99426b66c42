import type { InteractionDetail, Leg, LiveAgent, LiveInteraction, LiveQueue, LiveSnapshot, SipMessage } from "@lingtong/api";

/** The instant that the tests call the beginning: noon in Shanghai. */
export const START = Date.parse("2026-03-02T04:00:00Z");

export function at(ms: number): string {
  return new Date(START + ms).toISOString();
}

export function agent(id: string, change: Partial<LiveAgent> = {}): LiveAgent {
  return { id, number: id, name: `Name ${id}`, state: "ready", since: at(0), queues: ["sales"], ...change };
}

export function call(id: string, change: Partial<LiveInteraction> = {}): LiveInteraction {
  return {
    id,
    channel: "voice",
    direction: "inbound",
    state: "queued",
    from: "138****0001",
    to: "95000",
    started_at: at(0),
    state_since: at(0),
    ...change,
  };
}

export function queue(id: string, change: Partial<LiveQueue> = {}): LiveQueue {
  return {
    id,
    name: id,
    title: { zh: id, en: id },
    waiting: 0,
    callbacks: 0,
    ready_agents: 0,
    talking_agents: 0,
    answered_today: 0,
    abandoned_today: 0,
    offered_today: 0,
    ...change,
  };
}

export function snapshot(change: Partial<LiveSnapshot> = {}): LiveSnapshot {
  return { cursor: "10", at: at(0), agents: [], interactions: [], queues: [], ...change };
}

export function leg(id: string, role: Leg["role"]): Leg {
  return { id, role, sip_call_id: `call-${id}`, address: `sip:${id}@host`, started_at: at(0), end_cause: "normal" };
}

export function sip(ms: number, legId: string, direction: "in" | "out", startLine: string, peer = `${legId}:5060`): SipMessage {
  return {
    at: at(ms),
    leg_id: legId,
    direction,
    transport: "UDP",
    peer,
    start_line: startLine,
    call_id: `call-${legId}`,
    cseq: "1 INVITE",
    text: `${startLine}\r\nVia: ${legId}\r\n\r\n`,
  };
}

export type LadderInput = Pick<InteractionDetail, "legs" | "messages">;
