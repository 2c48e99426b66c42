import JsSIP from "jssip";
import type { RTCSessionEvent, UA } from "jssip/lib/UA";
import type { EndEvent, RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRequest } from "jssip/lib/SIPMessage";
import type {
  EndCause,
  ReferHandlers,
  SessionEnd,
  SessionHandlers,
  SipAccount,
  SipSession,
  SipStack,
  SipStackFactory,
  StackHandlers,
} from "./ports";
import { openSocket, type SipSocket, type SocketFactory } from "./socket";

/** JsSIP's own recovery is put off for this long, in seconds: the link says when to try again. */
const NO_RECOVERY_S = 86_400;
/** How long a registration holds without renewal, in seconds: a page that died is forgotten after it. */
const REGISTER_EXPIRES_S = 120;
/** Length of a digit and the gap after it, in milliseconds. */
const DTMF = { duration: 120, interToneGap: 70, transportType: "RFC2833" } as const;
/** Why JsSIP would close a whole call although one request within it failed, or its path broke for a while. */
const SPARED = /^(?:Hold Failed|Unhold Failed|Media Renegotiation Failed|Connection Error|Request Timeout|RTP Timeout)$/;

const { causes } = JsSIP.C;
const CAUSES: Readonly<Record<string, EndCause>> = {
  [causes.BYE]: "normal",
  [causes.CANCELED]: "cancelled",
  [causes.BUSY]: "busy",
  [causes.REJECTED]: "declined",
  [causes.NO_ANSWER]: "no_answer",
  [causes.EXPIRES]: "no_answer",
  [causes.UNAVAILABLE]: "unreachable",
  [causes.NOT_FOUND]: "not_found",
  [causes.ADDRESS_INCOMPLETE]: "not_found",
  [causes.AUTHENTICATION_ERROR]: "forbidden",
  [causes.CONNECTION_ERROR]: "connection",
  [causes.REQUEST_TIMEOUT]: "connection",
  [causes.DIALOG_ERROR]: "connection",
  [causes.RTP_TIMEOUT]: "media",
  [causes.WEBRTC_ERROR]: "media",
  [causes.BAD_MEDIA_DESCRIPTION]: "media",
  [causes.INCOMPATIBLE_SDP]: "incompatible",
};

/** The other side did it, not this page. */
function isRemote(originator: string): boolean {
  return originator === "remote";
}

/** `Reason: SIP;cause=200` on a CANCEL: another device of the agent's was faster (RFC 3326). */
function answeredElsewhere(event: EndEvent): boolean {
  // JsSIP gives no message where nothing came in.
  const { message } = event as { message: Pick<IncomingRequest, "getHeader"> | null };
  return /cause\s*=\s*200\b/.test(message?.getHeader("Reason") ?? "");
}

function endOf(event: EndEvent): SessionEnd {
  const cause = CAUSES[event.cause] ?? "failed";
  return {
    // JsSIP says `local` of what it gave up by itself.
    by: cause === "connection" || cause === "media" ? "system" : (event.originator),
    cause: cause === "cancelled" && answeredElsewhere(event) ? "elsewhere" : cause,
  };
}

class Session implements SipSession {
  readonly direction: "in" | "out";
  readonly number: string;
  readonly name: string;
  private handlers: SessionHandlers | null = null;
  private onHold: ((agreed: boolean) => void) | null = null;
  private dropped = false;

  constructor(
    private readonly session: RTCSession,
    private readonly request: IncomingRequest | null,
  ) {
    this.direction = request === null ? "out" : "in";
    const remote = session.remote_identity;
    this.number = remote.uri.user;
    this.name = typeof remote.display_name === "string" ? remote.display_name : "";
    this.spare();
    this.listen();
  }

  header(name: string): string | undefined {
    return this.request?.getHeader(name);
  }

  bind(handlers: SessionHandlers): void {
    this.handlers = handlers;
  }

  answer(mediaStream: MediaStream, pcConfig: RTCConfiguration): void {
    this.session.answer({ mediaStream, pcConfig });
  }

  reject(status_code: 480 | 486 | 603): void {
    if (!this.session.isEnded()) this.session.terminate({ status_code });
  }

  hangUp(): void {
    if (!this.session.isEnded()) this.session.terminate();
  }

  hold(held: boolean, done: (agreed: boolean) => void): void {
    this.onHold = done;
    const answered = (): void => {
      this.settleHold(true);
    };
    const asked = held ? this.session.hold({}, answered) : this.session.unhold({}, answered);
    // Nothing is asked where the call already is as wanted, or while another change is under way.
    if (!asked) this.settleHold(this.session.isOnHold().local === held);
  }

  mute(muted: boolean): void {
    if (muted) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
  }

  dtmf(digits: string): void {
    if (this.session.isEstablished()) this.session.sendDTMF(digits, { ...DTMF } as never);
  }

  refer(target: string, replaces: SipSession | null, handlers: ReferHandlers): void {
    this.session.refer(target, {
      ...(replaces instanceof Session ? { replaces: replaces.session } : {}),
      eventHandlers: {
        requestFailed: handlers.onFailed,
        accepted: handlers.onAccepted,
        failed: handlers.onFailed,
      },
    });
  }

  /** JsSIP learns the far side's tag from its answer alone; a transfer may replace a call that still rings, too. */
  private knowTag(tag: string | undefined): void {
    const own = this.session as unknown as { _to_tag: string | null };
    own._to_tag ??= tag ?? null;
  }

  restartPath(): void {
    this.session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
  }

  async stats(): Promise<Iterable<object>> {
    // The browser's report is a map; JsSIP has none before the connection is made.
    const connection = this.session.connection as RTCPeerConnection | null;
    const report = await connection?.getStats();
    return report === undefined ? [] : (report as unknown as ReadonlyMap<string, object>).values();
  }

  drop(): void {
    this.dropped = true;
    this.handlers = null;
    const connection = this.session.connection as RTCPeerConnection | null;
    connection?.close();
  }

  /** A request within the call that fails, or a connection that is lost, must not end the call: the server keeps it. */
  private spare(): void {
    const terminate = this.session.terminate.bind(this.session);
    this.session.terminate = (options) => {
      const reason = options?.reason_phrase ?? "";
      if (this.session.isEstablished() && SPARED.test(reason)) this.settleHold(false);
      else terminate(options);
    };
  }

  private settleHold(agreed: boolean): void {
    const done = this.onHold;
    this.onHold = null;
    if (!agreed) {
      // What JsSIP believes is put back to what the server last agreed to.
      const inner = this.session as unknown as { _localHold: boolean };
      if (done !== null) inner._localHold = !inner._localHold;
    }
    done?.(agreed);
  }

  private listen(): void {
    const { session } = this;
    session.on("progress", (event: object) => {
      const { response } = event as { response?: { to_tag?: string } };
      this.knowTag(response?.to_tag);
      this.handlers?.onProgress();
    });
    session.on("confirmed", () => this.handlers?.onAccepted());
    const ended = (event: EndEvent): void => {
      if (!this.dropped) this.handlers?.onEnded(endOf(event));
    };
    session.on("ended", ended);
    session.on("failed", ended);
    session.on("hold", ({ originator }) => {
      if (isRemote(originator)) this.handlers?.onRemoteHold(true);
    });
    session.on("unhold", ({ originator }) => {
      if (isRemote(originator)) this.handlers?.onRemoteHold(false);
    });
    // The first candidate reaches a server that answers on one address: waiting for the others only costs time.
    session.on("icecandidate", ({ ready }) => {
      ready();
    });
    const watch = (connection: RTCPeerConnection): void => {
      connection.addEventListener("track", (event) => {
        const [stream] = event.streams;
        if (stream !== undefined) this.handlers?.onSound(stream);
      });
      connection.addEventListener("iceconnectionstatechange", () => {
        const state = connection.iceConnectionState;
        if (state === "connected" || state === "completed") this.handlers?.onPath("open");
        if (state === "disconnected" || state === "failed") this.handlers?.onPath("broken");
      });
    };
    // An outgoing session has its connection before anyone can listen for it.
    const connection = session.connection as RTCPeerConnection | null;
    if (connection !== null) watch(connection);
    else
      session.on("peerconnection", ({ peerconnection }) => {
        watch(peerconnection);
      });
  }
}

export interface StackOptions {
  sockets: SocketFactory;
  userAgent: string;
  /**
   * A UUID that stays with this browser: a page that was loaded anew takes the place of the old one (RFC 5626). Without one
   * the page registers nowhere: it calls, and can't be called.
   */
  instanceId: string | null;
}

class Stack implements SipStack {
  private readonly ua: UA;
  private readonly transport: { connect: () => void; disconnect: () => void };
  private readonly socket: SipSocket;
  private left = false;

  constructor(account: SipAccount, handlers: StackHandlers, options: StackOptions) {
    this.socket = openSocket(account.wsUrl, options.sockets);
    this.ua = new JsSIP.UA({
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- JsSIP asks for the shape alone
      sockets: this.socket,
      uri: account.uri,
      authorization_user: account.username,
      password: account.password,
      realm: account.realm,
      register: options.instanceId !== null,
      register_expires: REGISTER_EXPIRES_S,
      // The server watches the media; a refresh that is lost would end a good call.
      session_timers: false,
      connection_recovery_min_interval: NO_RECOVERY_S,
      connection_recovery_max_interval: NO_RECOVERY_S + 1,
      user_agent: options.userAgent,
      ...(options.instanceId === null ? {} : { instance_id: options.instanceId }),
    });
    this.transport = (this.ua as unknown as { transport: Stack["transport"] }).transport;
    const tell = (then: () => void) => (): void => {
      if (!this.left) then();
    };
    this.ua.on("connected", tell(handlers.onConnected));
    this.ua.on("disconnected", tell(handlers.onDisconnected));
    this.ua.on("registered", tell(handlers.onRegistered));
    this.ua.on("registrationExpiring", tell(handlers.onExpiring));
    this.ua.on("registrationFailed", (event) => {
      const response = event.response as { status_code?: number } | null;
      tell(() => {
        handlers.onRegisterFailed(response?.status_code ?? 0);
      })();
    });
    this.ua.on("newRTCSession", (event: RTCSessionEvent) => {
      if (!isRemote(event.originator) || this.left) return;
      handlers.onIncoming(new Session(event.session, event.request as IncomingRequest));
    });
  }

  connect(): void {
    if (this.ua.isConnected()) this.ua.register();
    else if (this.ua.status === this.ua.C.STATUS_INIT) this.ua.start();
    else this.transport.connect();
  }

  register(): void {
    this.ua.register();
  }

  probe(): void {
    this.socket.probe();
  }

  renew(account: SipAccount): void {
    this.ua.set("authorization_user", account.username);
    this.ua.set("password", account.password);
    this.ua.set("realm", account.realm);
  }

  call(target: string, mediaStream: MediaStream, pcConfig: RTCConfiguration): SipSession {
    return new Session(this.ua.call(target, { mediaStream, pcConfig }), null);
  }

  stop(): void {
    this.left = true;
    this.ua.stop();
  }

  abandon(): void {
    this.left = true;
    this.transport.disconnect();
  }
}

/** The SIP user agent in this page: JsSIP over sockets of ours. */
export function jssipStack(options: StackOptions): SipStackFactory {
  return (account, handlers) => new Stack(account, handlers, options);
}
