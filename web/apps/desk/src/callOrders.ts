import { toApiError, type Api } from "@lingtong/api";
import type { DeskWork } from "@lingtong/model";
import type { CallView, Phone } from "@lingtong/phone";

export type OrderName = "conference" | "park";

export interface CallOrdersView {
  busy: boolean;
  failed: { order: OrderName; why: string } | null;
}

/** Orders about the call in hand that the server carries out, not the telephone. */
export class CallOrders {
  private view: CallOrdersView = { busy: false, failed: null };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly api: Pick<Api, "act">,
    private readonly phone: Pick<Phone, "getView" | "swap">,
    private readonly work: Pick<DeskWork, "getView">,
  ) {}

  readonly getView = (): CallOrdersView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Brings the customer and the one consulted together: the server mixes them, and the second line is free again. */
  readonly conference = (): void => {
    const { calls } = this.phone.getView();
    const asked = calls.find((call) => call.role === "consult");
    if (asked?.phase !== "talking" && asked?.phase !== "held") return;
    void this.give("conference", async (main) => {
      // The customer first, or it would go on waiting in the conference.
      if (main.phase === "held") await this.phone.swap();
    });
  };

  /** Puts the customer into a slot, from which any telephone picks it up; the agent hears its number. */
  readonly park = (): void => {
    if (this.phone.getView().calls.length === 1) void this.give("park", () => Promise.resolve());
  };

  private async give(order: OrderName, before: (main: CallView) => Promise<void>): Promise<void> {
    const main = this.phone.getView().calls.find((call) => call.role === "main");
    if (this.view.busy || (main?.phase !== "talking" && main?.phase !== "held")) return;
    // A call that the page dialled has no name at the telephone; the board tells it.
    const id = main.interactionId ?? this.work.getView().interactionId;
    if (id === null) return;
    this.set({ busy: true, failed: null });
    try {
      await before(main);
      await this.api.act(id, { action: order });
      this.set({ busy: false });
    } catch (thrown) {
      this.set({ busy: false, failed: { order, why: toApiError(thrown).message } });
    }
  }

  private set(change: Partial<CallOrdersView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }
}
