import { Call, type CallStart } from "./call";
import { Link, type LinkOptions } from "./link";
import { dialable, interactionOf, isContinuation } from "./offer";
import type { Clock, MediaPort, Memory, SessionEnd, SipSession, SipStack } from "./ports";
import { ECHO_NUMBER } from "./pathtest";
import { micProblem, type PhoneProblem } from "./problems";
import { modeOf, type CallView, type LastEnd, type PhoneView } from "./view";

/** How long a hand-over may take before it counts as failed, in milliseconds. */
export const TRANSFER_WAIT_MS = 40_000;
/** One call in hand, and one with whom it is talked over. */
const MAX_CALLS = 2;

export interface PhoneOptions extends LinkOptions {
  media: MediaPort;
  memory: Memory;
  clock: Clock;
}

/** What has to survive a reload: a muted agent must not be heard because the page was loaded again. */
interface Remembered {
  interactionId: string;
  muted: boolean;
  wantsHold: boolean;
}

function remembered(text: string | null): Remembered | null {
  try {
    const found = JSON.parse(text ?? "null") as Partial<Remembered> | null;
    if (typeof found?.interactionId !== "string") return null;
    return { interactionId: found.interactionId, muted: found.muted === true, wantsHold: found.wantsHold === true };
  } catch {
    return null;
  }
}

/** A leg that broke, as opposed to a person who hung up. */
function isBreak(end: SessionEnd): boolean {
  return end.by === "system" && (end.cause === "connection" || end.cause === "media");
}

/** The softphone: one link to the server, and the calls in hand. Everything that happens is told by a new view. */
export class Phone {
  private readonly link: Link;
  private readonly listeners = new Set<() => void>();
  private calls: Call[] = [];
  private problem: PhoneProblem | null = null;
  private lastEnd: LastEnd | null = null;
  private counter = 0;
  private playing: MediaStream | null = null;
  private cancelTransfer: (() => void) | null = null;
  private view: PhoneView = { mode: "off", link: "off", retryAt: null, problem: null, calls: [], lastEnd: null };

  constructor(private readonly options: PhoneOptions) {
    this.link = new Link(options, {
      onChange: this.publish,
      onIncoming: (session) => {
        this.offered(session);
      },
      onReset: () => {
        for (const call of [...this.calls]) this.ended(call, { by: "system", cause: "connection" });
      },
      onReady: () => {
        // Calls of before are still bound to the connection that was lost, where the server's word would not arrive; and
        // where the network has changed, their path for sound may lead nowhere.
        for (const call of this.calls) call.renewPath();
      },
      isUrgent: () => this.calls.length > 0,
    });
  }

  readonly getView = (): PhoneView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Registers, and goes on doing so. Calls that the server kept come back by themselves. */
  start(): void {
    this.link.start();
  }

  /** Signs off; calls in hand end. */
  stop(): void {
    this.link.stop();
    for (const call of [...this.calls]) this.remove(call);
  }

  /** Leaves the phone to another page; the server keeps the calls for it. */
  abandon(state: "off" | "elsewhere"): void {
    // Another page's call, which this one may be about to take over, is not forgotten.
    if (this.calls.length > 0) this.remember();
    for (const call of [...this.calls]) this.release(call);
    this.calls = [];
    this.link.abandon(state);
    this.publish();
  }

  /** The network is back or another one, or a person asks. */
  retryNow(): void {
    this.link.retryNow();
  }

  /** The user has read it. */
  forgetProblem(): void {
    this.problem = null;
    this.publish();
  }

  async answer(id?: string): Promise<void> {
    const call = this.calls.find((one) => one.state.phase === "ringing" && (id === undefined || one.state.id === id));
    const session = call?.leg ?? null;
    if (call === undefined || session === null) return;
    await this.take(call, session);
  }

  /** By order of the server: takes the call of this interaction, where it still rings. */
  async answerInteraction(interactionId: string): Promise<void> {
    const call = this.calls.find(({ state }) => state.phase === "ringing" && state.interactionId === interactionId);
    if (call !== undefined) await this.answer(call.state.id);
  }

  reject(id?: string): void {
    const call = this.calls.find((one) => one.state.phase === "ringing" && (id === undefined || one.state.id === id));
    call?.leg?.reject(603);
  }

  /** Ends the call that is talked on; without one, the call being dialled, held or brought back. */
  hangUp(id?: string): void {
    const call = id === undefined ? this.current() : this.find(id);
    if (call === null) return;
    if (call.leg === null) this.remove(call, { by: "local", cause: "normal" });
    else if (call.state.phase === "ringing") call.leg.reject(603);
    else call.leg.hangUp();
  }

  async dial(target: string): Promise<void> {
    if (this.calls.length > 0) return;
    await this.call(target, "main");
  }

  /** Calls the server's echo with a sound of the page's own, beside the calls in hand; null while there is one, or no way. */
  callEcho(stream: MediaStream): SipSession | null {
    const stack = this.calls.length === 0 ? this.link.ready : null;
    return stack?.call(ECHO_NUMBER, stream, this.link.account?.ice ?? {}) ?? null;
  }

  mute(muted?: boolean): void {
    const call = this.current();
    call?.mute(muted ?? !call.state.muted);
    this.remember();
  }

  hold(held?: boolean): void {
    const call = this.current();
    if (call === null || this.calls.length > 1) return;
    call.hold(held ?? call.state.phase !== "held", this.agreed);
  }

  dtmf(digits: string): void {
    if (/^[\d*#A-D]+$/i.test(digits)) this.current()?.leg?.dtmf(digits);
  }

  /** Hands the call on without a word before. */
  transfer(target: string): void {
    const main = this.main();
    const number = dialable(target);
    if (number === null) this.trouble("bad_number");
    else if (main !== null && main.leg !== null) this.refer(main, number, null);
  }

  /** Calls somebody while the customer is on hold. */
  async consult(target: string): Promise<void> {
    const main = this.main();
    if (main === null || this.calls.length >= MAX_CALLS) return;
    if (dialable(target) === null) {
      this.trouble("bad_number");
      return;
    }
    const held = main.state.phase === "held" || (await this.held(main, true));
    if (held && this.calls.includes(main) && this.calls.length < MAX_CALLS) await this.call(target, "consult");
  }

  /** Talks to the other one of the two. */
  async swap(): Promise<void> {
    const [talking, waiting] = [this.current(), this.calls.find((call) => call.state.phase === "held") ?? null];
    if (talking === null || waiting === null || talking === waiting || talking.state.phase !== "talking") return;
    if (await this.held(talking, true)) await this.held(waiting, false);
  }

  /** Connects the customer with the one consulted, and leaves; one that still rings goes on ringing for the customer. */
  completeTransfer(): void {
    const [main, consult] = [this.main(), this.consulted()];
    const replaced = consult?.leg ?? null;
    if (main === null || consult === null || replaced === null) return;
    this.refer(main, consult.state.number, replaced);
  }

  /** Ends the consultation and goes back to the customer. */
  async cancelConsult(): Promise<void> {
    const [main, consult] = [this.main(), this.consulted()];
    if (consult === null) return;
    consult.leg?.hangUp();
    if (main?.state.phase === "held") await this.held(main, false);
  }

  private readonly publish = (): void => {
    const calls = this.calls.map((call): CallView => call.state);
    this.view = {
      mode: modeOf(this.link.state, calls),
      link: this.link.state,
      retryAt: this.link.retryAt,
      problem: this.problem ?? this.link.problem,
      calls,
      lastEnd: this.lastEnd,
    };
    // One voice at a time: who is on hold hears music and is not heard.
    const sound = this.current()?.sound ?? null;
    if (sound !== this.playing) this.options.media.play(sound);
    this.playing = sound;
    for (const listener of this.listeners) listener();
  };

  private readonly agreed = (agreed: boolean): void => {
    if (!agreed) this.trouble("hold_refused");
    this.remember();
  };

  private trouble(problem: PhoneProblem): void {
    this.problem = problem;
    this.publish();
  }

  private find(id: string): Call | null {
    return this.calls.find((call) => call.state.id === id) ?? null;
  }

  private main(): Call | null {
    return this.calls.find((call) => call.state.role === "main") ?? null;
  }

  private consulted(): Call | null {
    return this.calls.find((call) => call.state.role === "consult") ?? null;
  }

  /** The call that commands are meant for: the one that is heard. */
  private current(): Call | null {
    return this.calls.find((call) => call.state.phase !== "held") ?? this.calls[0] ?? null;
  }

  private held(call: Call, held: boolean): Promise<boolean> {
    return new Promise((resolve) => {
      call.hold(held, (agreed) => {
        this.agreed(agreed);
        resolve(agreed);
      });
    });
  }

  private add(start: Omit<CallStart, "id">): Call {
    this.counter += 1;
    const call = new Call({ ...start, id: String(this.counter) }, this.options.clock, {
      onChange: this.publish,
      onAccepted: () => {
        this.remember();
      },
      onEnded: (one, end) => {
        this.ended(one, end);
      },
      onGivenUp: (one) => {
        this.remove(one, null);
      },
    });
    this.calls = [...this.calls, call];
    this.lastEnd = null;
    this.problem = null;
    return call;
  }

  private offered(session: SipSession): void {
    const interactionId = interactionOf(session);
    if (isContinuation(session)) {
      this.continued(session, interactionId);
      return;
    }
    // What waits to be brought back is a call in hand.
    if (this.calls.length > 0) {
      session.bind({
        onProgress: () => undefined,
        onAccepted: () => undefined,
        onEnded: () => undefined,
        onRemoteHold: () => undefined,
        onSound: () => undefined,
        onPath: () => undefined,
      });
      session.reject(486);
      return;
    }
    const { number, name } = session;
    const call = this.add({ interactionId, direction: "in", role: "main", phase: "ringing", number, name });
    call.attach(session);
    this.publish();
  }

  /** The server brings a call back, over a new leg. */
  private continued(session: SipSession, interactionId: string | null): void {
    const { number, name } = session;
    let call = this.calls.find((one) => one.state.interactionId === interactionId);
    // A page that was loaded anew knows no call, and one that dialled knows no name for it.
    call ??= this.calls.find((one) => one.state.phase === "recovering" && one.state.interactionId === null);
    call ??= this.add({ interactionId, direction: "in", role: "main", phase: "connecting", number, name });
    const kept = remembered(this.options.memory.load());
    if (kept !== null && kept.interactionId === interactionId && call.state.answeredAt === null) {
      call.wantsHold = kept.wantsHold;
      call.change({ muted: kept.muted, answeredAt: this.options.clock.now() });
    }
    call.attach(session);
    call.change({ interactionId, phase: "connecting" });
    void this.take(call, session);
  }

  private async take(call: Call, session: SipSession): Promise<void> {
    const stream = call.microphone ?? (await this.open());
    // While the microphone was asked for, the caller may have gone, or the call may have come over another leg.
    if (call.leg !== session || !this.calls.includes(call)) {
      if (stream !== null && call.microphone === null) this.options.media.close(stream);
      return;
    }
    if (stream === null) {
      call.change({ phase: "ringing" });
      return;
    }
    call.use(stream);
    call.change({ phase: "connecting" });
    session.answer(stream, this.link.account?.ice ?? {});
  }

  private async open(): Promise<MediaStream | null> {
    try {
      const stream = await this.options.media.open();
      this.problem = null;
      return stream;
    } catch (thrown) {
      this.trouble(micProblem(thrown));
      return null;
    }
  }

  private async call(target: string, role: "main" | "consult"): Promise<void> {
    const number = dialable(target);
    if (number === null) {
      this.trouble("bad_number");
      return;
    }
    const stream = await this.open();
    if (stream === null) return;
    const stack: SipStack | null = this.link.ready;
    if (stack === null || this.calls.some((call) => call.state.role === role)) {
      this.options.media.close(stream);
      if (stack === null) this.trouble("unreachable");
      return;
    }
    const call = this.add({ interactionId: null, direction: "out", role, phase: "dialling", number, name: "" });
    call.use(stream);
    call.attach(stack.call(number, stream, this.link.account?.ice ?? {}));
    this.publish();
  }

  private refer(main: Call, target: string, replaces: SipSession | null): void {
    const finish = (transfer: "none" | "failed"): void => {
      this.cancelTransfer?.();
      this.cancelTransfer = null;
      if (!this.calls.includes(main)) return;
      main.change({ transfer });
      if (transfer === "failed") this.trouble("transfer_refused");
    };
    main.change({ transfer: "asked" });
    this.cancelTransfer?.();
    this.cancelTransfer = this.options.clock.after(TRANSFER_WAIT_MS, () => {
      finish("failed");
    });
    main.leg?.refer(target, replaces, {
      onAccepted: () => {
        finish("none");
        // The server has connected them; what is left is this agent's leg.
        main.leg?.hangUp();
      },
      onFailed: () => {
        finish("failed");
      },
    });
  }

  private ended(call: Call, end: SessionEnd): void {
    const talked = call.state.answeredAt !== null;
    if (talked && isBreak(end)) call.recover();
    else this.remove(call, end);
  }

  private release(call: Call): void {
    call.detach();
    if (call.microphone !== null) this.options.media.close(call.microphone);
  }

  /** Takes a call off the phone. Without an end, it was lost. */
  private remove(call: Call, end: SessionEnd | null = { by: "local", cause: "normal" }): void {
    this.release(call);
    this.calls = this.calls.filter((one) => one !== call);
    this.lastEnd = { number: call.state.number, cause: end?.cause ?? "lost", at: this.options.clock.now() };
    const left = this.calls[0];
    // The customer has gone: who was asked for advice is now the only one on the line.
    if (left?.state.role === "consult") left.change({ role: "main" });
    this.remember();
    this.publish();
  }

  private remember(): void {
    const main = this.calls.find((call) => call.state.interactionId !== null && call.state.answeredAt !== null);
    const id = main?.state.interactionId;
    this.options.memory.save(
      main === undefined || id === null || id === undefined
        ? null
        : JSON.stringify({ interactionId: id, muted: main.state.muted, wantsHold: main.wantsHold } satisfies Remembered),
    );
  }
}
