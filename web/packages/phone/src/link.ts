import { MAX_RETRY_MS, retryWait, URGENT_RETRY_MS } from "./backoff";
import { AccountError, type Clock, type SipAccount, type SipSession, type SipStack, type SipStackFactory } from "./ports";
import type { PhoneProblem } from "./problems";
import type { LinkState } from "./view";

/** A password that ends within this time is renewed before it is used, in milliseconds. */
export const RENEW_BEFORE_MS = 15_000;
/** A server that has not let us in within this time after connecting is tried anew, in milliseconds. */
export const REGISTER_WAIT_MS = 20_000;

export interface LinkOptions {
  account: () => Promise<SipAccount>;
  stack: SipStackFactory;
  clock: Clock;
}

export interface LinkHandlers {
  onChange: () => void;
  onIncoming: (session: SipSession) => void;
  /** The user agent was replaced: sessions of the old one are gone. */
  onReset: () => void;
  /** Registered over a new connection. */
  onReady: () => void;
  /** Whether somebody waits for this page to be back. */
  isUrgent: () => boolean;
}

const ACCOUNT_PROBLEM: Readonly<Record<AccountError["kind"], PhoneProblem>> = {
  later: "no_account",
  forbidden: "forbidden",
  unsupported: "unsupported",
};

/** The way to the server: gets an account, connects, registers, and does all of it again for as long as it takes. */
export class Link {
  state: LinkState = "off";
  problem: PhoneProblem | null = null;
  retryAt: number | null = null;
  account: SipAccount | null = null;
  private stack: SipStack | null = null;
  private attempt = 0;
  /** Each start has its own number, so that answers to an earlier one are known. */
  private run = 0;
  private cancelTimer: (() => void) | null = null;

  constructor(
    private readonly options: LinkOptions,
    private readonly handlers: LinkHandlers,
  ) {}

  start(): void {
    if (this.state !== "off" && this.state !== "refused" && this.state !== "elsewhere") return;
    this.run += 1;
    this.attempt = 0;
    void this.connect(this.run);
  }

  /** Signs off: the registration and calls in hand are ended. */
  stop(): void {
    this.halt("off");
    this.stack?.stop();
    this.stack = null;
  }

  /** Leaves the phone to another page; the server keeps registration and calls. */
  abandon(state: "off" | "elsewhere"): void {
    this.halt(state);
    this.stack?.abandon();
    this.stack = null;
  }

  /** Tries at once: the network is back, or a person asked. */
  retryNow(): void {
    if (this.state === "refused") {
      this.start();
    } else if (this.state === "lost" && this.retryAt !== null) {
      this.attempt = 0;
      void this.connect(this.run);
    } else {
      this.attempt = 0;
      this.stack?.probe();
    }
  }

  /** The user agent while it is registered. */
  get ready(): SipStack | null {
    return this.state === "ready" ? this.stack : null;
  }

  private halt(state: "off" | "elsewhere"): void {
    this.run += 1;
    this.clearTimer();
    this.account = null;
    this.set(state, null);
  }

  private clearTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.retryAt = null;
  }

  private set(state: LinkState, problem: PhoneProblem | null): void {
    this.state = state;
    this.problem = problem;
    this.handlers.onChange();
  }

  private fresh(): boolean {
    return this.account !== null && this.account.expiresAt - this.options.clock.now() > RENEW_BEFORE_MS;
  }

  private async connect(run: number): Promise<void> {
    this.clearTimer();
    this.set("connecting", null);
    if (!(await this.renew(run))) return;
    this.stack?.connect();
  }

  /** Sees to it that there is a user agent with a password that holds; false where this run is over or has to wait. */
  private async renew(run: number): Promise<boolean> {
    if (this.fresh() && this.stack !== null) return true;
    let account: SipAccount;
    try {
      account = await this.options.account();
    } catch (thrown) {
      if (run !== this.run) return false;
      const kind = thrown instanceof AccountError ? thrown.kind : "later";
      if (kind === "later") this.wait(run, "no_account");
      else this.set("refused", ACCOUNT_PROBLEM[kind]);
      return false;
    }
    if (run !== this.run) return false;
    const before = this.account;
    this.account = account;
    if (this.stack !== null && before?.uri === account.uri && before.wsUrl === account.wsUrl) {
      this.stack.renew(account);
      return true;
    }
    if (this.stack !== null) {
      this.stack.abandon();
      this.handlers.onReset();
    }
    this.stack = this.options.stack(account, this.listen(run));
    return true;
  }

  private listen(run: number): Parameters<SipStackFactory>[1] {
    const mine = (then: () => void) => (): void => {
      if (run === this.run) then();
    };
    return {
      onConnected: mine(() => {
        this.clearTimer();
        this.set("registering", null);
        this.cancelTimer = this.options.clock.after(REGISTER_WAIT_MS, () => {
          this.wait(run, "unreachable");
        });
      }),
      onDisconnected: mine(() => {
        this.wait(run, "unreachable");
      }),
      onRegistered: mine(() => {
        this.attempt = 0;
        this.clearTimer();
        const renewed = this.state === "ready";
        this.set("ready", null);
        if (!renewed) this.handlers.onReady();
      }),
      onRegisterFailed: (status) => {
        if (run !== this.run) return;
        // A password that the server no longer knows is asked for anew with the next try.
        if (status === 401 || status === 403 || status === 407) this.account = null;
        this.wait(run, status === 0 ? "unreachable" : "register_refused");
      },
      onExpiring: mine(() => {
        void this.renew(run).then((renewed) => {
          if (renewed && run === this.run) this.stack?.register();
        });
      }),
      onIncoming: (session) => {
        if (run === this.run) this.handlers.onIncoming(session);
        else session.drop();
      },
    };
  }

  private wait(run: number, problem: PhoneProblem): void {
    // Connection and registration can both tell of one loss.
    if (run !== this.run || (this.state === "lost" && this.retryAt !== null)) return;
    this.clearTimer();
    const ms = retryWait(this.attempt, this.options.clock.random(), this.handlers.isUrgent() ? URGENT_RETRY_MS : MAX_RETRY_MS);
    this.attempt += 1;
    this.retryAt = this.options.clock.now() + ms;
    this.cancelTimer = this.options.clock.after(ms, () => {
      void this.connect(run);
    });
    this.set("lost", problem);
  }
}
