/** One server-sent event as it came over the wire. */
export interface SseFrame {
  /** The frame's own id line; empty for figures that move no cursor. */
  id: string;
  event: string;
  data: string;
}

/** Longest text kept without a frame's end, in characters; a stream that exceeds it is not ours. */
export const MAX_PENDING_CHARS = 1_048_576;

/** Splits a text stream into server-sent events; feed it chunks in order. */
export class SseParser {
  private pending = "";
  private id = "";
  private event = "";
  private data: string[] = [];

  /** The frames that this chunk completed. Throws a `RangeError` when a line passes its bound. */
  push(chunk: string): SseFrame[] {
    const frames: SseFrame[] = [];
    const text = this.pending + chunk;
    let start = 0;
    for (;;) {
      const end = nextLineEnd(text, start);
      if (end === null) break;
      this.line(text.slice(start, end.at), frames);
      start = end.next;
    }
    this.pending = text.slice(start);
    if (this.pending.length > MAX_PENDING_CHARS) throw new RangeError("event stream line is too long");
    return frames;
  }

  private line(line: string, frames: SseFrame[]): void {
    if (line === "") {
      if (this.data.length > 0) frames.push({ id: this.id, event: this.event, data: this.data.join("\n") });
      this.id = "";
      this.event = "";
      this.data = [];
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const raw = colon < 0 ? "" : line.slice(colon + 1);
    const value = raw.startsWith(" ") ? raw.slice(1) : raw;
    if (field === "id" && !value.includes("\0")) this.id = value;
    else if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
  }
}

function nextLineEnd(text: string, from: number): { at: number; next: number } | null {
  for (let index = from; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (char === 10) return { at: index, next: index + 1 };
    if (char === 13) {
      // A CR at the end of a chunk may be half of a CRLF: wait for the next chunk.
      if (index + 1 === text.length) return null;
      return { at: index, next: text.charCodeAt(index + 1) === 10 ? index + 2 : index + 1 };
    }
  }
  return null;
}
