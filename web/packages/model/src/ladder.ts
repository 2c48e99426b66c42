import type { InteractionDetail, Leg, SipMessage } from "@lingtong/api";
import { parseTime } from "./time";

/** A pause this long between two messages is drawn as a break with its length. */
export const PAUSE_MS = 1_000;

export interface Lane {
  /** The peer's address, or empty for the server itself. */
  peer: string;
  role: Leg["role"] | "server";
  /** Address of record of the leg, for the head of the lane. */
  address: string;
}

export type MessageClass = "request" | "provisional" | "success" | "failure";

export interface Arrow {
  type: "message";
  message: SipMessage;
  from: number;
  to: number;
  class: MessageClass;
  /** Milliseconds since the first message. */
  offsetMs: number;
  /** The same message as one before, sent again since no answer came. */
  retransmission: boolean;
  label: string;
}

export interface Pause {
  type: "pause";
  durationMs: number;
}

export interface Ladder {
  lanes: Lane[];
  rows: (Arrow | Pause)[];
}

/** What a start line says in few words: `INVITE`, `200 OK`. */
export function shortLabel(startLine: string): string {
  const status = /^SIP\/2\.0\s+(\d{3})\s*(.*)$/.exec(startLine);
  if (status !== null) return `${status[1] ?? ""} ${status[2] ?? ""}`.trim();
  return startLine.split(" ", 1)[0] ?? startLine;
}

export function classify(startLine: string): MessageClass {
  const status = Number(/^SIP\/2\.0\s+(\d{3})/.exec(startLine)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) return "request";
  if (status < 200) return "provisional";
  return status < 300 ? "success" : "failure";
}

/** Customers stand left of the server, agents and other targets right of it, each in order of appearance. */
function layLanes(messages: readonly SipMessage[], legs: ReadonlyMap<string, Leg>): Lane[] {
  const left: Lane[] = [];
  const right: Lane[] = [];
  const seen = new Set<string>();
  for (const message of messages) {
    const leg = legs.get(message.leg_id);
    const role = leg?.role ?? "target";
    const key = laneKey(role, message.peer);
    if (seen.has(key)) continue;
    seen.add(key);
    (role === "customer" ? left : right).push({ peer: message.peer, role, address: leg?.address ?? "" });
  }
  return [...left, { peer: "", role: "server", address: "" }, ...right];
}

function laneKey(role: Lane["role"], peer: string): string {
  return `${role === "customer" ? "left" : "right"} ${peer}`;
}

/** Whether a message that was sent is the answer to one that came in: noted at the same moment, it may stand before it. */
function answers(sent: SipMessage, came: SipMessage): boolean {
  if (sent.direction !== "out" || came.direction !== "in") return false;
  if (sent.at !== came.at || sent.leg_id !== came.leg_id || sent.call_id !== came.call_id) return false;
  if (classify(came.start_line) === "request") return classify(sent.start_line) !== "request" && sent.cseq === came.cseq;
  return sent.start_line.startsWith("ACK ") && sent.cseq.split(" ")[0] === came.cseq.split(" ")[0];
}

/** The messages in the order of time, and each answer after what it answers. */
function inOrder(messages: readonly SipMessage[]): SipMessage[] {
  const ordered: SipMessage[] = [];
  for (const message of [...messages].sort((a, b) => parseTime(a.at) - parseTime(b.at))) {
    let place = ordered.length;
    while (place > 0 && answers(ordered[place - 1] ?? message, message)) place -= 1;
    ordered.splice(place, 0, message);
  }
  return ordered;
}

/** The ladder of an interaction's messages: lanes from left to right, rows from top to bottom. */
export function layLadder(detail: Pick<InteractionDetail, "legs" | "messages">): Ladder {
  const legs = new Map(detail.legs.map((leg) => [leg.id, leg]));
  const messages = inOrder(detail.messages);
  const lanes = layLanes(messages, legs);
  const server = lanes.findIndex((lane) => lane.role === "server");
  const laneOf = new Map(lanes.map((lane, index) => [laneKey(lane.role, lane.peer), index]));
  const rows: (Arrow | Pause)[] = [];
  const sent = new Set<string>();
  const first = parseTime(messages[0]?.at ?? "");
  let before = first;
  for (const message of messages) {
    const at = parseTime(message.at);
    if (at - before >= PAUSE_MS) rows.push({ type: "pause", durationMs: at - before });
    before = at;
    const peer = laneOf.get(laneKey(legs.get(message.leg_id)?.role ?? "target", message.peer)) ?? server;
    const inbound = message.direction === "in";
    const identity = [message.leg_id, message.direction, message.call_id, message.text].join("\n");
    rows.push({
      type: "message",
      message,
      from: inbound ? peer : server,
      to: inbound ? server : peer,
      class: classify(message.start_line),
      offsetMs: at - first,
      retransmission: sent.has(identity),
      label: shortLabel(message.start_line),
    });
    sent.add(identity);
  }
  return { lanes, rows };
}
