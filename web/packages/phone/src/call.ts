import type { Clock, SessionEnd, SessionHandlers, SipSession } from "./ports";
import { QualityMeter, sampleOf } from "./quality";
import type { CallPhase, CallView } from "./view";

/** How often the line is measured while people talk, in milliseconds. */
export const QUALITY_MS = 2_000;
/** How long the server is waited for to bring a lost call back, in milliseconds; beyond it the call has gone to another agent. */
export const RECOVER_MS = 60_000;
/** A path that is broken this long is laid anew, in milliseconds: shorter breaks mend themselves. */
export const PATH_WAIT_MS = 2_000;
/** Times a path is laid anew before the server's offer is waited for. */
export const PATH_TRIES = 3;

export interface CallHandlers {
  onChange: () => void;
  onAccepted: (call: Call) => void;
  /** The leg has ended; whether the call has is for the phone to say. */
  onEnded: (call: Call, end: SessionEnd) => void;
  /** Nobody brought the call back. */
  onGivenUp: (call: Call) => void;
}

export interface CallStart {
  id: string;
  interactionId: string | null;
  direction: "in" | "out";
  role: "main" | "consult";
  phase: CallPhase;
  number: string;
  name: string;
}

/** One call as the agent sees it. Its SIP session may be replaced by another while it lasts. */
export class Call {
  private view: CallView;
  private session: SipSession | null = null;
  private stream: MediaStream | null = null;
  private voice: MediaStream | null = null;
  private meter = new QualityMeter();
  private cancelQuality: (() => void) | null = null;
  private cancelPath: (() => void) | null = null;
  private cancelRecovery: (() => void) | null = null;
  private pathTries = 0;
  /** Whether the agent wants this call held, whatever leg it is on. */
  wantsHold = false;

  constructor(
    start: CallStart,
    private readonly clock: Clock,
    private readonly handlers: CallHandlers,
  ) {
    this.view = {
      ...start,
      since: clock.now(),
      answeredAt: null,
      muted: false,
      remoteHold: false,
      quality: null,
      transfer: "none",
    };
  }

  get state(): CallView {
    return this.view;
  }

  get leg(): SipSession | null {
    return this.session;
  }

  get microphone(): MediaStream | null {
    return this.stream;
  }

  /** The other side's voice. */
  get sound(): MediaStream | null {
    return this.voice;
  }

  change(part: Partial<CallView>): void {
    const moved = part.phase !== undefined && part.phase !== this.view.phase;
    this.view = { ...this.view, ...part, ...(moved ? { since: this.clock.now() } : {}) };
    this.handlers.onChange();
  }

  /** Puts the call on a leg. The microphone, where it is open already, goes with the call. */
  attach(session: SipSession): void {
    this.detach();
    this.session = session;
    this.meter = new QualityMeter();
    session.bind(this.listen(session));
  }

  use(stream: MediaStream): void {
    this.stream = stream;
  }

  /** Leaves the leg behind without a word. */
  detach(): void {
    const old = this.session;
    this.session = null;
    this.voice = null;
    this.cancelQuality?.();
    this.cancelPath?.();
    this.cancelRecovery?.();
    this.cancelQuality = this.cancelPath = this.cancelRecovery = null;
    old?.drop();
  }

  /** Waits for the server to bring the call back. */
  recover(): void {
    this.detach();
    this.change({ phase: "recovering", quality: null, remoteHold: false, transfer: "none" });
    this.cancelRecovery = this.clock.after(RECOVER_MS, () => {
      this.handlers.onGivenUp(this);
    });
  }

  mute(muted: boolean): void {
    this.session?.mute(muted);
    this.change({ muted });
  }

  /** Holds or resumes; the phase follows what the server agreed to. */
  hold(held: boolean, done: (agreed: boolean) => void): void {
    const session = this.session;
    if (session === null) {
      done(false);
      return;
    }
    session.hold(held, (agreed) => {
      if (session !== this.session) return;
      if (agreed) {
        this.wantsHold = held;
        this.change({ phase: held ? "held" : "talking" });
      }
      done(agreed);
    });
  }

  /** A new path for the sound of a call that is talked on; where the server brings the call back, that makes one. */
  renewPath(): void {
    if (this.session !== null && this.view.answeredAt !== null && this.view.phase !== "connecting") this.session.restartPath();
  }

  private listen(session: SipSession): SessionHandlers {
    const mine = (then: () => void): void => {
      if (session === this.session) then();
    };
    return {
      onProgress: () => {
        mine(() => {
          if (this.view.phase === "dialling") this.change({ phase: "alerting" });
        });
      },
      onAccepted: () => {
        mine(() => {
          this.accepted(session);
        });
      },
      onEnded: (end) => {
        mine(() => {
          // The session has ended by itself: there is nothing left to drop.
          this.session = null;
          this.detach();
          this.handlers.onEnded(this, end);
        });
      },
      onRemoteHold: (remoteHold) => {
        mine(() => {
          this.change({ remoteHold });
        });
      },
      onSound: (stream) => {
        mine(() => {
          this.voice = stream;
          this.handlers.onChange();
        });
      },
      onPath: (path) => {
        mine(() => {
          this.path(session, path);
        });
      },
    };
  }

  private accepted(session: SipSession): void {
    const again = this.view.answeredAt !== null;
    this.change({ phase: "talking", answeredAt: this.view.answeredAt ?? this.clock.now() });
    if (this.view.muted) session.mute(true);
    if (again && this.wantsHold) this.hold(true, () => undefined);
    this.measure(session);
    this.handlers.onAccepted(this);
  }

  private measure(session: SipSession): void {
    this.cancelQuality = this.clock.after(QUALITY_MS, () => {
      void session.stats().then(
        (reports) => {
          if (session !== this.session) return;
          const sample = sampleOf(reports);
          const quality = sample === null || this.view.phase !== "talking" ? null : this.meter.add(sample);
          if (quality !== null) this.change({ quality });
          this.measure(session);
        },
        () => {
          // A leg that is just ending has no counters any more.
          if (session === this.session) this.measure(session);
        },
      );
    });
  }

  private path(session: SipSession, path: "open" | "broken"): void {
    this.cancelPath?.();
    this.cancelPath = null;
    if (path === "open") {
      this.pathTries = 0;
      return;
    }
    if (this.pathTries >= PATH_TRIES) return;
    this.cancelPath = this.clock.after(PATH_WAIT_MS, () => {
      this.pathTries += 1;
      session.restartPath();
      this.path(session, "broken");
    });
  }
}
