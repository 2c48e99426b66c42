import type { Clock, EndCause, MediaPort, SipAccount, SipSession, SipStack, SipStackFactory } from "./ports";

/** A server that does not answer within this time answers no more, in milliseconds. */
export const REACH_MS = 10_000;

/** A path that is broken for so long does not come back, in milliseconds. */
export const LOST_MS = 8_000;

export type OneCallState = "idle" | "opening" | "calling" | "talking" | "over";

export interface OneCallView {
  state: OneCallState;
  /** The other side hears this page; false where there is no microphone, or none is allowed. */
  heard: boolean;
  /** Why it is over. */
  end: EndCause | null;
  /** The server's own words, where it would not begin the call. */
  refused: unknown;
}

/** What is called with: an account that calls its own address, once. */
export interface OneCallAccount {
  account: SipAccount;
  stack: SipStackFactory;
}

export interface OneCallOptions {
  clock: Clock;
  lend: () => Promise<OneCallAccount>;
  media: MediaPort;
  /** What is sent where there is no microphone. */
  silence: () => MediaStream;
}

const IDLE: OneCallView = { state: "idle", heard: true, end: null, refused: null };

/** A page's single call by an account lent for it: no registration, no second call, nothing left behind. */
export class OneCall {
  private readonly listeners = new Set<() => void>();
  private view = IDLE;
  private stack: SipStack | null = null;
  private session: SipSession | null = null;
  private stream: MediaStream | null = null;
  private giveUp: (() => void) | null = null;
  /** Grows with each call, so that what an earlier one still waits for is known as late. */
  private turn = 0;

  constructor(private readonly options: OneCallOptions) {}

  readonly getView = (): OneCallView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Calls, unless it does already. */
  async start(): Promise<void> {
    if (this.isOn()) return;
    this.turn += 1;
    const { turn } = this;
    this.set({ ...IDLE, state: "opening" });
    let heard = true;
    const stream = await this.options.media.open().catch(() => {
      heard = false;
      return this.options.silence();
    });
    if (turn !== this.turn) {
      this.options.media.close(stream);
      return;
    }
    this.stream = stream;
    try {
      const lent = await this.options.lend();
      if (turn === this.turn) this.call(lent, stream, heard);
    } catch (refused) {
      if (turn === this.turn) this.finish("failed", refused);
    }
  }

  /** Sends keys, as telephones do. */
  press(digits: string): void {
    if (this.view.state === "talking") this.session?.dtmf(digits);
  }

  hangUp(): void {
    if (!this.isOn()) return;
    this.session?.hangUp();
    this.finish("normal");
  }

  private isOn(): boolean {
    return this.view.state !== "idle" && this.view.state !== "over";
  }

  private call({ account, stack: make }: OneCallAccount, stream: MediaStream, heard: boolean): void {
    const nothing = (): void => undefined;
    const dial = (): void => {
      if (this.session !== null || this.stack === null) return;
      this.session = this.stack.call(account.uri, stream, account.ice);
      this.session.bind({
        onProgress: nothing,
        onAccepted: () => {
          this.giveUp?.();
          this.giveUp = null;
          this.set({ ...this.view, state: "talking" });
        },
        onEnded: ({ cause }) => {
          this.finish(cause);
        },
        onRemoteHold: nothing,
        onSound: (sound) => {
          this.options.media.play(sound);
        },
        onPath: (path) => {
          this.giveUp?.();
          this.giveUp = null;
          if (path === "broken") this.within(LOST_MS, "connection");
        },
      });
    };
    this.set({ ...this.view, state: "calling", heard });
    this.stack = make(account, {
      onConnected: dial,
      onDisconnected: nothing,
      onRegistered: nothing,
      onRegisterFailed: nothing,
      onExpiring: nothing,
      onIncoming: (session) => {
        session.reject(486);
      },
    });
    this.within(REACH_MS, "unreachable");
    this.stack.connect();
  }

  /** Unless something else comes of it before. */
  private within(ms: number, end: EndCause): void {
    this.giveUp = this.options.clock.after(ms, () => {
      // A session that is hung up tells that it ended well.
      const { session } = this;
      this.finish(end);
      session?.hangUp();
    });
  }

  private finish(end: EndCause, refused: unknown = null): void {
    if (!this.isOn()) return;
    this.turn += 1;
    this.giveUp?.();
    const { stack, stream } = this;
    this.giveUp = this.stack = this.session = this.stream = null;
    this.set({ ...this.view, state: "over", end, refused });
    this.options.media.play(null);
    if (stream !== null) this.options.media.close(stream);
    // A goodbye that is on its way goes first.
    stack?.stop();
  }

  private set(view: OneCallView): void {
    this.view = view;
    for (const listener of this.listeners) listener();
  }
}
