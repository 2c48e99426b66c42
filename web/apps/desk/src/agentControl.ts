import { toApiError, type Api, type AgentState, type AgentStateChange, type ApiError, type DeskApi } from "@lingtong/api";
import { EXTEND_S } from "@lingtong/model";

export interface AgentControlView {
  /** The server's last answer; the live board may know better. */
  answered: AgentState | undefined;
  busy: boolean;
  error: ApiError | null;
  /** The server gives more time for wrap-up; unknown until it was asked. */
  extends: boolean | null;
}

/** Changes the agent's own state. */
export class AgentControl {
  private view: AgentControlView = { answered: undefined, busy: false, error: null, extends: null };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly api: Api,
    private readonly desk: DeskApi,
    private readonly agentId: string,
  ) {}

  readonly getView = (): AgentControlView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  load(): void {
    void this.run(() => this.api.agentState(this.agentId));
  }

  readonly change = (change: AgentStateChange): void => {
    void this.run(() => this.api.setAgentState(this.agentId, change));
  };

  readonly extendWrapUp = (): void => {
    void this.run(async () => {
      const state = await this.desk.extendWrapUp(this.agentId, EXTEND_S);
      this.set({ extends: state !== null });
      return state;
    });
  };

  private async run(ask: () => Promise<AgentState | null>): Promise<void> {
    if (this.view.busy) return;
    this.set({ busy: true, error: null });
    try {
      const answered = await ask();
      this.set({ busy: false, ...(answered === null ? {} : { answered }) });
    } catch (thrown) {
      this.set({ busy: false, error: toApiError(thrown) });
    }
  }

  private set(change: Partial<AgentControlView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }
}
