import { toApiError, type Api, type ApiError, type Voicemail, type VoicemailStatus } from "@lingtong/api";
import type { systemClock } from "@lingtong/phone";

/** Messages that are shown: more than these are looked for in the list of calls. */
const SHOWN = 100;
/** A message is in the list a moment after its call has ended. */
const AFTER_CALL_MS = 1_500;
/** A look for those that no call of the board told of. */
const EVERY_MS = 60_000;

export interface MailboxView {
  /** The newest first; null until they are known. */
  items: readonly Voicemail[] | null;
  unheard: number;
  error: ApiError | null;
}

type MailboxApi = Pick<Api, "voicemails" | "setVoicemail" | "deleteVoicemail">;

/** What callers have left for the agent and for those who serve its queues. */
export class Mailbox {
  private view: MailboxView = { items: null, unheard: 0, error: null };
  private readonly listeners = new Set<() => void>();
  private calls = 0;
  private timer: (() => void) | null = null;
  private running = false;

  constructor(
    private readonly api: MailboxApi,
    private readonly clock: Pick<typeof systemClock, "after">,
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

  /** So many calls are in progress: when one has ended, it may have left a message. */
  follow(calls: number): void {
    if (calls < this.calls) this.lookIn(AFTER_CALL_MS);
    this.calls = calls;
  }

  async load(): Promise<void> {
    try {
      this.show((await this.api.voicemails({ limit: SHOWN })).items);
    } catch (thrown) {
      this.set({ error: toApiError(thrown) });
    }
    this.lookIn(EVERY_MS);
  }

  async mark(id: string, status: Exclude<VoicemailStatus, "deleted">): Promise<void> {
    await this.change(async (items) => {
      const changed = await this.api.setVoicemail(id, status);
      return items.map((one) => (one.id === id ? changed : one));
    });
  }

  async remove(id: string): Promise<void> {
    await this.change(async (items) => {
      await this.api.deleteVoicemail(id);
      return items.filter((one) => one.id !== id);
    });
  }

  /** The list follows the journal by a moment: what was just said is shown at once. */
  private async change(act: (items: readonly Voicemail[]) => Promise<readonly Voicemail[]>): Promise<void> {
    try {
      this.show(await act(this.view.items ?? []));
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
