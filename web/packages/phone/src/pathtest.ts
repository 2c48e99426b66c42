import type { Clock, SipSession } from "./ports";
import { sampleOf } from "./quality";

/** What the server echoes: each tenant has it, so that a page can try its way there and back. */
export const ECHO_NUMBER = "*43";
/** The server answers at once; later than this it does not at all, in milliseconds. */
export const ANSWER_MS = 8_000;
/** A path is found well within this time, also over a relay, in milliseconds. */
export const HEAR_MS = 6_000;
/** How often it is listened for the tone, and how often in a row it has to be there: a click is no tone. */
export const LISTEN_MS = 200;
export const HEARD_TIMES = 3;

export type PathState =
  | "idle"
  | "running"
  | "good"
  /** The server did not answer. */
  | "unanswered"
  /** It answered, and nothing of the sound came back: a firewall lets signalling through and no media. */
  | "silent"
  /** The server has no such number, or the phone is not signed in or talks. */
  | "refused";

export interface PathView {
  state: PathState;
  rttMs: number | null;
}

/** A tone of the page's own and an ear for it. */
export interface Probe {
  readonly stream: MediaStream;
  listen: (stream: MediaStream) => void;
  /** Whether the tone is heard now. */
  heard: () => boolean;
  close: () => void;
}

export interface PathTestOptions {
  clock: Clock;
  open: () => Probe;
  /** Calls the echo; null where that cannot be. */
  call: (stream: MediaStream) => SipSession | null;
}

/** Sends a tone through the server and listens whether it comes back, so that a blocked path is known before a customer waits. */
export class PathTest {
  private readonly listeners = new Set<() => void>();
  private view: PathView = { state: "idle", rttMs: null };
  private end: (() => void) | null = null;

  constructor(private readonly options: PathTestOptions) {}

  readonly getView = (): PathView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): void {
    if (this.view.state === "running") return;
    const probe = this.options.open();
    const session = this.options.call(probe.stream);
    if (session === null) {
      probe.close();
      this.set("refused", null);
      return;
    }
    this.set("running", null);
    this.run(session, probe);
  }

  /** Gives up without a result. */
  stop(): void {
    this.end?.();
    if (this.view.state === "running") this.set("idle", null);
  }

  private run(session: SipSession, probe: Probe): void {
    const { clock } = this.options;
    let heard = 0;
    let deadline = clock.now() + ANSWER_MS;
    let answered = false;
    let cancel: (() => void) | null = null;
    this.end = () => {
      this.end = null;
      cancel?.();
      session.hangUp();
      probe.close();
    };
    const finish = (state: PathState, rttMs: number | null): void => {
      if (this.end === null) return;
      this.end();
      this.set(state, rttMs);
    };
    const look = (): void => {
      heard = probe.heard() ? heard + 1 : 0;
      if (heard >= HEARD_TIMES) {
        void session.stats().then(
          (reports) => {
            finish("good", sampleOf(reports)?.rttMs ?? null);
          },
          () => {
            finish("good", null);
          },
        );
        return;
      }
      if (clock.now() >= deadline) finish(answered ? "silent" : "unanswered", null);
      else cancel = clock.after(LISTEN_MS, look);
    };
    session.bind({
      onProgress: () => undefined,
      onAccepted: () => {
        answered = true;
        deadline = clock.now() + HEAR_MS;
      },
      onEnded: () => {
        finish("refused", null);
      },
      onRemoteHold: () => undefined,
      onSound: (stream) => {
        probe.listen(stream);
      },
      onPath: () => undefined,
    });
    cancel = clock.after(LISTEN_MS, look);
  }

  private set(state: PathState, rttMs: number | null): void {
    this.view = { state, rttMs };
    for (const listener of this.listeners) listener();
  }
}
