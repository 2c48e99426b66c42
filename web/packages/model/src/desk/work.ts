import type {
  CallerCard,
  Interaction,
  InteractionDetail,
  LiveAgent,
  LiveInteraction,
 ApiError} from "@lingtong/api";
import { toApiError } from "@lingtong/api";
import { Drafts, NOTE_CHARS, type Draft, type DraftStore } from "./drafts";

/** A draft is handed over when nothing was written for this long, in milliseconds. */
export const SAVE_AFTER_MS = 1_500;
/** First wait before a draft that could not be handed over is tried again, in milliseconds; it doubles each time. */
export const SAVE_RETRY_MS = 2_000;
/** Tries before the agent is asked to do it. */
export const SAVE_TRIES = 4;
/** Calls of the same number that the desk shows. */
export const HISTORY_ROWS = 20;

export type SaveState =
  /** Nothing written. */
  | "empty"
  /** Written, not yet handed over. */
  | "waiting"
  | "saving"
  | "saved"
  | "failed";

export interface History {
  loading: boolean;
  items: readonly Interaction[];
  error: ApiError | null;
}

/** The call that an agent works on, from the first ring to the end of the wrap-up, and what was written about it. */
export interface WorkView {
  interactionId: string | null;
  stage: "idle" | "ringing" | "talking" | "wrap_up";
  /** As last seen; kept while it is wrapped up. */
  live: LiveInteraction | null;
  /** When the agent and the customer came together. */
  reachedAt: string | null;
  detail: InteractionDetail | null;
  card: CallerCard | null;
  history: History;
  draft: Draft;
  save: SaveState;
}

export interface WorkSource {
  interaction: (id: string, signal: AbortSignal) => Promise<InteractionDetail>;
  /** Calls of this number, newest first. */
  history: (number: string, signal: AbortSignal) => Promise<readonly Interaction[]>;
  card: (id: string, signal: AbortSignal) => Promise<CallerCard | null>;
  dispose: (id: string, draft: Draft) => Promise<unknown>;
  drafts: DraftStore;
}

const IDLE: WorkView = {
  interactionId: null,
  stage: "idle",
  live: null,
  reachedAt: null,
  detail: null,
  card: null,
  history: { loading: false, items: [], error: null },
  draft: { code: "", note: "" },
  save: "empty",
};

/** What has to be done about what was written. */
function stateOf(draft: Draft): SaveState {
  return draft.code === "" && draft.note.trim() === "" ? "empty" : "waiting";
}

/** Follows the call in hand and hands over what the agent writes about it. */
export class DeskWork {
  private view = IDLE;
  private readonly listeners = new Set<() => void>();
  private readonly drafts: Drafts;
  private abort = new AbortController();
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private seen: LiveInteraction | undefined;
  /** Something was written about this call here. */
  private written = false;

  constructor(private readonly source: WorkSource) {
    this.drafts = new Drafts(source.drafts);
  }

  readonly getView = (): WorkView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** What the board says of this agent now. */
  follow(agent: LiveAgent | undefined, interactions: ReadonlyMap<string, LiveInteraction>): void {
    const { state } = agent ?? {};
    const stage = state === "ringing" || state === "talking" || state === "wrap_up" ? state : "idle";
    const id = stage === "idle" ? null : (agent?.interaction_id ?? this.view.interactionId);
    if (id !== this.view.interactionId) this.change(id);
    const before = this.view.live;
    const now = id === null ? undefined : interactions.get(id);
    // A call that is through its queue still came by it.
    const live = now === undefined || now === this.seen ? before : { ...now, queue_id: now.queue_id ?? before?.queue_id ?? null };
    this.seen = now;
    const moved = stage !== this.view.stage;
    const reachedAt = this.view.reachedAt ?? (stage === "talking" ? (agent?.since ?? null) : null);
    if (!moved && live === this.view.live) return;
    const known = this.view.live !== null;
    this.set({ stage, live, reachedAt });
    if (id === null) return;
    if (moved) void this.lookUp(id);
    if (!known && live !== null) void this.lookBack(live);
  }

  stop(): void {
    this.flush();
    this.abort.abort();
    this.set(IDLE);
  }

  write(part: Partial<Draft>): void {
    const id = this.view.interactionId;
    if (id === null) return;
    const draft = { ...this.view.draft, ...part };
    draft.note = draft.note.slice(0, NOTE_CHARS);
    this.drafts.put(id, draft);
    this.written = true;
    this.tries = 0;
    const save = stateOf(draft);
    this.set({ draft, save });
    if (save === "waiting") this.saveAfter(SAVE_AFTER_MS);
    else clearTimeout(this.saveTimer);
  }

  /** Hands over at once: the agent is done, or asks for another try. */
  flush(): void {
    const id = this.view.interactionId;
    if (id !== null && (this.view.save === "waiting" || this.view.save === "failed")) void this.save(id, this.view.draft);
  }

  private set(change: Partial<WorkView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }

  private change(id: string | null): void {
    this.flush();
    // Until now a page that is loaded anew shows what was written; the server has it, and nobody writes on.
    if (this.view.interactionId !== null && this.view.save === "saved") this.drafts.put(this.view.interactionId, IDLE.draft);
    this.abort.abort();
    this.abort = new AbortController();
    const draft = id === null ? IDLE.draft : this.drafts.of(id);
    const save = stateOf(draft);
    this.written = save !== "empty";
    this.set({ ...IDLE, interactionId: id, draft, save });
    if (id === null) return;
    if (save === "waiting") this.saveAfter(SAVE_AFTER_MS);
    const { signal } = this.abort;
    // A card that cannot be had is no reason to bother anybody: the call is there.
    void this.source.card(id, signal).then(
      (card) => {
        if (!signal.aborted) this.set({ card });
      },
      () => undefined,
    );
  }

  private async lookUp(id: string): Promise<void> {
    const { signal } = this.abort;
    try {
      const detail = await this.source.interaction(id, signal);
      if (!signal.aborted) this.set({ detail, ...this.saidBefore(detail) });
    } catch {
      // The menu's path is told once the server has it; until then the card does without.
    }
  }

  /** What whoever handed the call on has written of it: this agent writes on, rather than over it. */
  private saidBefore({ said }: InteractionDetail): Partial<WorkView> {
    if (this.written || said === undefined || said === null) return {};
    return { draft: { code: said.code, note: said.note }, save: "saved" };
  }

  private async lookBack(live: LiveInteraction): Promise<void> {
    const number = live.direction === "outbound" ? live.to : live.from;
    // A number that is withheld or masked belongs to many people.
    if (!/^\+?\d+$/.test(number)) return;
    const { signal } = this.abort;
    this.set({ history: { loading: true, items: [], error: null } });
    try {
      const items = await this.source.history(number, signal);
      const before = items.filter((one) => one.id !== live.id).slice(0, HISTORY_ROWS);
      if (!signal.aborted) this.set({ history: { loading: false, items: before, error: null } });
    } catch (thrown) {
      if (!signal.aborted) this.set({ history: { loading: false, items: [], error: toApiError(thrown) } });
    }
  }

  private saveAfter(ms: number): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => {
      this.flush();
    }, ms);
  }

  private async save(id: string, draft: Draft): Promise<void> {
    clearTimeout(this.saveTimer);
    this.set({ save: "saving" });
    const mine = (): boolean => this.view.interactionId === id && this.view.draft === draft;
    try {
      await this.source.dispose(id, draft);
      if (mine()) this.set({ save: "saved" });
      else if (this.view.interactionId !== id) this.drafts.put(id, IDLE.draft);
    } catch (thrown) {
      this.tries += 1;
      if (!mine()) return;
      const again = toApiError(thrown).retryable && this.tries < SAVE_TRIES;
      this.set({ save: again ? "waiting" : "failed" });
      if (again) this.saveAfter(SAVE_RETRY_MS * 2 ** (this.tries - 1));
    }
  }
}
