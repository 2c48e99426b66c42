import { describe, expect, it } from "vitest";
import { classify, layLadder, PAUSE_MS, shortLabel, type Arrow } from "../src/ladder";
import { leg, sip, type LadderInput } from "./builders";

const legs = [leg("cust", "customer"), leg("ag", "agent")];

function arrows(input: LadderInput): Arrow[] {
  return layLadder(input).rows.filter((row) => row.type === "message");
}

describe("layLadder", () => {
  it("puts customers left and agents right of the server, arrows from who sent to who received", () => {
    const messages = [
      sip(20, "ag", "out", "INVITE sip:1001@h SIP/2.0"),
      sip(0, "cust", "in", "INVITE sip:95000@h SIP/2.0"),
      sip(10, "cust", "out", "SIP/2.0 100 Trying"),
      sip(30, "ag", "in", "SIP/2.0 200 OK"),
    ];
    const ladder = layLadder({ legs, messages });
    expect(ladder.lanes.map((lane) => lane.role)).toEqual(["customer", "server", "agent"]);
    expect(arrows({ legs, messages }).map((one) => [one.label, one.from, one.to, one.offsetMs])).toEqual([
      ["INVITE", 0, 1, 0],
      ["100 Trying", 1, 0, 10],
      ["INVITE", 1, 2, 20],
      ["200 OK", 2, 1, 30],
    ]);
  });

  it("gives a phone that moved its own lane, and two agents one lane each", () => {
    const messages = [
      sip(0, "ag", "out", "INVITE a SIP/2.0", "10.0.0.1:5060"),
      sip(5, "ag2", "out", "INVITE a SIP/2.0", "10.0.0.2:5060"),
      sip(9, "ag", "in", "BYE a SIP/2.0", "10.0.0.9:5060"),
    ];
    const { lanes } = layLadder({ legs: [...legs, leg("ag2", "agent")], messages });
    expect(lanes.map((lane) => lane.peer)).toEqual(["", "10.0.0.1:5060", "10.0.0.2:5060", "10.0.0.9:5060"]);
  });

  it("keeps customer and agent apart behind one address", () => {
    const messages = [
      sip(0, "cust", "in", "INVITE a SIP/2.0", "127.0.0.1:5062"),
      sip(1, "ag", "out", "INVITE a SIP/2.0", "127.0.0.1:5062"),
    ];
    const ladder = layLadder({ legs, messages });
    expect(ladder.lanes.map((lane) => lane.role)).toEqual(["customer", "server", "agent"]);
    expect(arrows({ legs, messages }).map((one) => [one.from, one.to])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it("marks what was sent again, and only that", () => {
    const messages = [
      sip(0, "cust", "in", "INVITE a SIP/2.0"),
      sip(500, "cust", "in", "INVITE a SIP/2.0"),
      sip(510, "cust", "out", "INVITE a SIP/2.0"),
      sip(520, "cust", "out", "SIP/2.0 200 OK"),
    ];
    expect(arrows({ legs, messages }).map((one) => one.retransmission)).toEqual([false, true, false, false]);
  });

  it("breaks the ladder where nothing happened for long", () => {
    const messages = [
      sip(0, "cust", "in", "INVITE a SIP/2.0"),
      sip(PAUSE_MS - 1, "cust", "out", "SIP/2.0 180 Ringing"),
      sip(2 * PAUSE_MS - 1, "cust", "out", "SIP/2.0 200 OK"),
    ];
    expect(layLadder({ legs, messages }).rows.map((row) => (row.type === "pause" ? row.durationMs : row.label))).toEqual([
      "INVITE",
      "180 Ringing",
      PAUSE_MS,
      "200 OK",
    ]);
  });

  it("puts an answer after what it answers when both were noted at the same moment", () => {
    const messages = [
      sip(0, "cust", "out", "SIP/2.0 100 Trying"),
      sip(0, "cust", "out", "SIP/2.0 200 OK"),
      sip(0, "cust", "in", "INVITE sip:95000@h SIP/2.0"),
      sip(5, "ag", "out", "INVITE sip:1001@h SIP/2.0"),
      sip(5, "ag", "in", "SIP/2.0 180 Ringing"),
      { ...sip(9, "ag", "out", "ACK sip:1001@h SIP/2.0"), cseq: "1 ACK" },
      sip(9, "ag", "in", "SIP/2.0 200 OK"),
    ];
    expect(arrows({ legs, messages }).map((one) => one.label)).toEqual([
      "INVITE",
      "100 Trying",
      "200 OK",
      "INVITE",
      "180 Ringing",
      "200 OK",
      "ACK",
    ]);
  });

  it("draws messages of a leg that the record does not name, and nothing of nothing", () => {
    expect(arrows({ legs: [], messages: [sip(0, "ghost", "in", "OPTIONS a SIP/2.0")] })).toHaveLength(1);
    expect(layLadder({ legs, messages: [] }).rows).toEqual([]);
  });
});

describe("start lines", () => {
  it.each([
    ["INVITE sip:1@h SIP/2.0", "INVITE", "request"],
    ["SIP/2.0 183 Session Progress", "183 Session Progress", "provisional"],
    ["SIP/2.0 202 Accepted", "202 Accepted", "success"],
    ["SIP/2.0 302 Moved Temporarily", "302 Moved Temporarily", "failure"],
    ["SIP/2.0 486", "486", "failure"],
  ])("reads %s", (line, label, kind) => {
    expect([shortLabel(line), classify(line)]).toEqual([label, kind]);
  });
});
