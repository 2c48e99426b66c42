import { toApiError, type Api, type ApiError, type LiveEvent, type Voicemail, type VoicemailStatus } from "@lingtong/api";

/** Messages that are shown: more than these are looked for in the list of calls. */
const SHOWN = 100;
/** The server's list follows its events by a moment; with room for a busy one. */
const SETTLE_MS = 1_500;
/** A look for what no event tells: whose business which mailbox is may have changed. */
const EVERY_MS = 600_000;

export interface MailboxView {
  /** The newest first; null until they are known. */
  items: readonly Voicemail[] | null;
  unheard: number;
  error: ApiError | null;
}

export type MailboxApi = Pick<Api, "voicemails" | "setVoicemail" | "deleteVoicemail">;

/** Runs something after a wait, and gives what calls it off. */
export interface MailboxClock {
  after: (ms: number, then: () => void) => () => void;
}

/** A list after an event; the same one where it tells nothing of it. */
export function afterEvent(items: readonly Voicemail[], event: LiveEvent): readonly Voicemail[] {
  if (event.type === "voicemail.left") {
    const { voicemail, own } = event;
    return !own || items.some((one) => one.id === voicemail.id) ? items : [voicemail, ...items].slice(0, SHOWN);
  }
  if (event.type !== "voicemail.changed" || !items.some((one) => one.id === event.voicemail_id)) return items;
  const { voicemail_id: id, status, at, by, by_agent: agent } = event;
  if (status === "deleted") return items.filter((one) => one.id !== id);
  const change = { status, changed_at: at, changed_by: by, changed_by_agent: agent ?? null };
  return items.map((one) => (one.id === id ? { ...one, ...change } : one));
}

/** What callers have left for the agent, and in the mailboxes of queues that it shares. */
export class Mailbox {
  private view: MailboxView = { items: null, unheard: 0, error: null };
  private readonly listeners = new Set<() => void>();
  private timer: (() => void) | null = null;
  private running = false;
  /** Events told so far: a list that was asked for before the last of them is not shown. */
  private told = 0;
  private isLive = false;

  constructor(
    private readonly api: MailboxApi,
    private readonly clock: MailboxClock,
  ) {}

  readonly getView = (): MailboxView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): void {
    this.running = true;
    void this.load();
  }

  stop(): void {
    this.running = false;
    this.timer?.();
    this.timer = null;
  }

  /** Whether the stream of events runs: after a gap the list is read anew. */
  follow(isLive: boolean): void {
    if (isLive && !this.isLive && this.view.items !== null) this.lookIn(0);
    this.isLive = isLive;
  }

  /** Shows at once what an event tells, and looks at the list when that has it. */
  readonly take = (event: LiveEvent): void => {
    if (event.type !== "voicemail.left" && event.type !== "voicemail.changed") return;
    const items = this.view.items ?? [];
    const after = afterEvent(items, event);
    if (after === items) return;
    this.told += 1;
    this.show(after);
    this.lookIn(SETTLE_MS);
  };

  async load(): Promise<void> {
    const told = this.told;
    try {
      const { items } = await this.api.voicemails({ limit: SHOWN });
      if (told !== this.told) return;
      this.show(items);
    } catch (thrown) {
      this.set({ error: toApiError(thrown) });
    }
    this.lookIn(EVERY_MS);
  }

  async mark(id: string, status: Exclude<VoicemailStatus, "deleted">): Promise<void> {
    await this.change(async () => {
      const changed = await this.api.setVoicemail(id, status);
      return (items) => items.map((one) => (one.id === id ? changed : one));
    });
  }

  async remove(id: string): Promise<void> {
    await this.change(async () => {
      await this.api.deleteVoicemail(id);
      return (items) => items.filter((one) => one.id !== id);
    });
  }

  /** What was just said is shown at once, in the list as it is by then. */
  private async change(act: () => Promise<(items: readonly Voicemail[]) => readonly Voicemail[]>): Promise<void> {
    try {
      const shown = await act();
      this.told += 1;
      this.show(shown(this.view.items ?? []));
      this.lookIn(SETTLE_MS);
    } catch (thrown) {
      this.set({ error: toApiError(thrown) });
    }
  }

  private lookIn(ms: number): void {
    if (!this.running) return;
    this.timer?.();
    this.timer = this.clock.after(ms, () => void this.load());
  }

  private show(items: readonly Voicemail[]): void {
    this.set({ items, unheard: items.filter((one) => one.status === "new").length, error: null });
  }

  private set(change: Partial<MailboxView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }
}
