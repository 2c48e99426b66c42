import { describe, expect, it } from "vitest";
import { MAX_PENDING_CHARS, SseParser } from "../src/sse";

const stream = "id: 7\nevent: agent.state\ndata: {\"a\":1}\n\n: keep-alive\n\nid: 8\r\ndata: x\r\ndata: y\r\n\r\n";

describe("SseParser", () => {
  it("reads frames, comments and several data lines", () => {
    expect(new SseParser().push(stream)).toEqual([
      { id: "7", event: "agent.state", data: '{"a":1}' },
      { id: "8", event: "", data: "x\ny" },
    ]);
  });

  it("gives the same frames wherever the network cuts the stream", () => {
    const whole = new SseParser().push(stream);
    for (let cut = 1; cut < stream.length; cut += 1) {
      const parser = new SseParser();
      const frames = [...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))];
      expect(frames, `cut at ${String(cut)}`).toEqual(whole);
    }
  });

  it("gives no id to frames that carry none, so that none is taken for a repeat", () => {
    const frames = new SseParser().push("id: 3\ndata: a\n\ndata: b\n\n");
    expect(frames.map((frame) => frame.id)).toEqual(["3", ""]);
  });

  it("refuses a line without end instead of growing for ever", () => {
    const parser = new SseParser();
    expect(() => parser.push("x".repeat(MAX_PENDING_CHARS + 1))).toThrow(RangeError);
  });
});
