import type { ApiError, EventStream, EventStreamHandlers, LiveEvent, LiveSnapshot } from "@lingtong/api";
import { toApiError } from "@lingtong/api";
import { applyEvents, boardFromSnapshot, type LiveBoard } from "./board";
import { WaitingHistory } from "./history";

/** Events are drawn at most this often: a thousand agents change faster than an eye reads. */
export const FLUSH_MS = 150;
/** Events held back before a flush is forced. */
export const MAX_HELD = 2_000;
/** Wait before a failed snapshot is asked for again. */
export const SNAPSHOT_RETRY_MS = 5_000;

export type LivePhase =
  /** Nothing to show yet. */
  | "loading"
  /** Connected and current. */
  | "live"
  /** Shows what it has; the connection is being tried again. */
  | "stale"
  /** Never had anything to show. */
  | "failed"
  /** This role may not watch. */
  | "forbidden"
  | "signed_out";

export interface LiveView {
  phase: LivePhase;
  board: LiveBoard | null;
  error: ApiError | null;
  /** When the board was last known to be current, in local milliseconds. */
  currentAt: number | null;
}

export interface LiveSource {
  snapshot: (signal: AbortSignal) => Promise<LiveSnapshot>;
  events: (cursor: string, handlers: EventStreamHandlers) => EventStream;
  now: () => number;
}

/** Keeps the live board current: snapshot, then events, then a new snapshot when the cursor expired. */
export class LiveStore {
  readonly history = new WaitingHistory();
  private view: LiveView = { phase: "loading", board: null, error: null, currentAt: null };
  private readonly listeners = new Set<() => void>();
  private readonly watchers = new Set<(event: LiveEvent) => void>();
  private held: LiveEvent[] = [];
  private flushTimer: ReturnType<typeof setTimeout> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private stream: EventStream | null = null;
  private abort: AbortController | null = null;

  constructor(private readonly source: LiveSource) {}

  readonly getView = (): LiveView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Tells every event after the board has it; events that came while nothing was watched are not told again. */
  readonly watch = (watcher: (event: LiveEvent) => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  start(): void {
    if (this.abort !== null) return;
    void this.load();
  }

  /** Ends the watch and forgets what was seen: the next person may be another. */
  stop(): void {
    this.halt();
    this.set({ phase: "loading", board: null, error: null, currentAt: null });
  }

  private halt(): void {
    this.abort?.abort();
    this.abort = null;
    this.stream?.close();
    this.stream = null;
    this.held = [];
    clearTimeout(this.flushTimer);
    clearTimeout(this.retryTimer);
    this.flushTimer = undefined;
  }

  /** Tries again at once: the network is back, or a person asked. */
  retry(): void {
    if (this.stream !== null) {
      this.stream.retryNow();
      return;
    }
    this.halt();
    this.start();
  }

  private set(change: Partial<LiveView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }

  private async load(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    clearTimeout(this.retryTimer);
    try {
      const snapshot = await this.source.snapshot(abort.signal);
      if (abort.signal.aborted) return;
      const now = this.source.now();
      const board = boardFromSnapshot(snapshot, now, this.view.board ?? undefined);
      this.history.seed(board.queues.values(), now);
      this.history.record(board.queues.values(), now);
      this.set({ phase: "live", board, error: null, currentAt: now });
      this.follow(board.cursor);
    } catch (thrown) {
      if (!abort.signal.aborted) this.failed(toApiError(thrown));
    }
  }

  private failed(error: ApiError): void {
    if (error.kind === "forbidden") {
      this.set({ phase: "forbidden", error });
    } else if (error.kind === "unauthorized") {
      this.set({ phase: "signed_out", error });
    } else {
      this.set({ phase: this.view.board === null ? "failed" : "stale", error });
      this.retryTimer = setTimeout(() => void this.load(), SNAPSHOT_RETRY_MS);
    }
  }

  private follow(cursor: string): void {
    this.stream = this.source.events(cursor, {
      onEvent: (event) => {
        this.hold(event);
      },
      onOpen: () => {
        if (this.view.phase !== "live") this.set({ phase: "live", error: null, currentAt: this.source.now() });
      },
      onLost: (error) => {
        this.flush();
        this.set({ phase: "stale", error });
      },
      onRefused: (error) => {
        this.flush();
        this.stream = null;
        if (error.kind === "expired") void this.load();
        else this.failed(error);
      },
    });
  }

  private hold(event: LiveEvent): void {
    this.held.push(event);
    if (this.held.length >= MAX_HELD) this.flush();
    else
      this.flushTimer ??= setTimeout(() => {
        this.flush();
      }, FLUSH_MS);
  }

  private flush(): void {
    clearTimeout(this.flushTimer);
    this.flushTimer = undefined;
    const events = this.held;
    if (events.length === 0 || this.view.board === null) return;
    this.held = [];
    const board = applyEvents(this.view.board, events);
    const now = this.source.now();
    if (board.queues !== this.view.board.queues) this.history.record(board.queues.values(), now);
    this.set({ board, currentAt: now });
    for (const event of events) for (const watcher of this.watchers) watcher(event);
  }
}
