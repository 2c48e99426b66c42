import { errorFromResponse, toApiError, type ApiError } from "./error";
import { SseParser } from "./sse";
import type { LiveEvent } from "./types";

/** First wait before a new connection, in milliseconds; it doubles up to `MAX_RETRY_MS`. */
export const FIRST_RETRY_MS = 1_000;
export const MAX_RETRY_MS = 30_000;
/** A stream silent for this long is taken for dead; the server's keep-alive comments come far more often. */
export const SILENCE_MS = 60_000;

const KNOWN_TYPES: ReadonlySet<string> = new Set<LiveEvent["type"]>([
  "agent.state",
  "interaction.started",
  "interaction.state",
  "interaction.ended",
  "interaction.wrapped",
  "interaction.disposition",
  "interaction.supervised",
  "interaction.answer_asked",
  "recording.paused",
  "survey.answered",
  "queue.stats",
  "capacity.stats",
  "alert.raised",
  "alert.changed",
  "alert.cleared",
  "alert.acknowledged",
  "alarm",
  "callback.requested",
  "callback.changed",
  "callback.followed",
  "voicemail.left",
  "voicemail.changed",
]);

export interface EventStreamHandlers {
  onEvent: (event: LiveEvent) => void;
  /** Connected; everything missed since the cursor follows as events. */
  onOpen: () => void;
  /** The connection is lost; it is tried again by itself. */
  onLost: (error: ApiError) => void;
  /** Trying again cannot help: the cursor expired, the session ended, or the role may not listen. */
  onRefused: (error: ApiError) => void;
}

export interface EventStreamOptions {
  url: string;
  cursor: string;
  fetch: typeof globalThis.fetch;
  /** Spreads the retries of many pages, 0 to 1. */
  random: () => number;
  /**
   * Where the browser says that the page is left and shown again. A page that is kept for the back button must not keep its
   * connection: over HTTP/1.1 a browser has six for a server, and the seventh page would wait for ever.
   */
  page: Pick<EventTarget, "addEventListener" | "removeEventListener">;
}

export interface EventStream {
  close: () => void;
  /** Tries at once instead of at the end of the wait, for example when the network is back. */
  retryNow: () => void;
}

/** The event in this frame's data, or null for one that this page does not know. */
export function decodeEvent(data: string): LiveEvent | null {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null || !("type" in value)) return null;
    return typeof value.type === "string" && KNOWN_TYPES.has(value.type) ? (value as LiveEvent) : null;
  } catch {
    return null;
  }
}

/**
 * Follows the event stream from a cursor, and resumes after the last event seen when the connection breaks.
 * It reads the body with `fetch`, since the browser's `EventSource` hides the status that tells an expired cursor.
 */
export function openEvents(options: EventStreamOptions, handlers: EventStreamHandlers): EventStream {
  let cursor = options.cursor;
  let attempt = 0;
  let closed = false;
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const schedule = (): void => {
    const wait = Math.min(FIRST_RETRY_MS * 2 ** attempt, MAX_RETRY_MS);
    attempt += 1;
    timer = setTimeout(connect, wait * (0.5 + options.random() / 2));
  };

  const read = async (body: ReadableStream<Uint8Array>, silence: () => void): Promise<void> => {
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      silence();
      for (const frame of parser.push(decoder.decode(value, { stream: true }))) {
        // The first event after a resume may be the last one seen before the break.
        if (frame.id !== "" && frame.id === cursor) continue;
        if (frame.id !== "") cursor = frame.id;
        const event = decodeEvent(frame.data);
        if (event !== null) handlers.onEvent(event);
      }
    }
  };

  const run = async (own: AbortController): Promise<ApiError> => {
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const silence = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => {
        own.abort();
      }, SILENCE_MS);
    };
    try {
      silence();
      const url = `${options.url}?cursor=${encodeURIComponent(cursor)}`;
      const response = await options.fetch(url, {
        headers: { accept: "text/event-stream", "last-event-id": cursor },
        credentials: "same-origin",
        cache: "no-store",
        signal: own.signal,
      });
      if (!response.ok || response.body === null) return await errorFromResponse(response);
      attempt = 0;
      handlers.onOpen();
      await read(response.body, silence);
      return toApiError(new Error("the event stream ended"));
    } catch (thrown) {
      return toApiError(thrown);
    } finally {
      clearTimeout(watchdog);
      own.abort();
    }
  };

  function connect(): void {
    clearTimeout(timer);
    const own = new AbortController();
    abort = own;
    void run(own).then((error) => {
      if (closed || own !== abort) return;
      if (error.retryable) {
        handlers.onLost(error);
        schedule();
      } else {
        closed = true;
        handlers.onRefused(error);
      }
    });
  }

  const leave = (): void => {
    clearTimeout(timer);
    abort.abort();
    // Another one, so that what ends now is not tried again before the page is shown.
    abort = new AbortController();
    abort.abort();
  };
  const retryNow = (): void => {
    if (closed || !abort.signal.aborted) return;
    attempt = 0;
    connect();
  };

  options.page.addEventListener("pagehide", leave);
  options.page.addEventListener("pageshow", retryNow);
  connect();
  return {
    close: () => {
      closed = true;
      options.page.removeEventListener("pagehide", leave);
      options.page.removeEventListener("pageshow", retryNow);
      clearTimeout(timer);
      abort.abort();
    },
    retryNow,
  };
}
