import { toApiError, type Api, type ApiError, type Forwarding } from "@lingtong/api";

export interface ForwardingView {
  /** Null until they are known, and on a server without them. */
  rules: Forwarding | null;
  busy: boolean;
  error: ApiError | null;
}

/** Where the agent's own calls go when the agent doesn't take them. */
export class ForwardingRules {
  private view: ForwardingView = { rules: null, busy: false, error: null };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly api: Pick<Api, "forwarding" | "setForwarding">,
    private readonly agentId: string,
  ) {}

  readonly getView = (): ForwardingView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  load(): void {
    void this.run(() => this.api.forwarding(this.agentId));
  }

  /** Whether the server has taken them. */
  async save(rules: Forwarding): Promise<boolean> {
    return this.run(() => this.api.setForwarding(this.agentId, rules));
  }

  private async run(ask: () => Promise<Forwarding>): Promise<boolean> {
    if (this.view.busy) return false;
    this.set({ busy: true, error: null });
    try {
      this.set({ rules: await ask(), busy: false });
      return true;
    } catch (thrown) {
      this.set({ busy: false, error: toApiError(thrown) });
      return false;
    }
  }

  private set(change: Partial<ForwardingView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }
}
