/** What the phone needs from outside, so that whole calls can be played in virtual time. */

/** A sign-in for the browser's phone: short-lived, and of no use anywhere else. */
export interface SipAccount {
  /** Address of record, for example `sip:1001@demo`. */
  uri: string;
  username: string;
  password: string;
  realm: string;
  wsUrl: string;
  /** How the sound finds its way, for example over a relay. */
  ice: RTCConfiguration;
  /** When the server stops taking the password, in local milliseconds. */
  expiresAt: number;
}

/** Why an account could not be had. */
export class AccountError extends Error {
  override readonly name = "AccountError";

  constructor(
    /** `later`: the same question may be answered later. */
    readonly kind: "later" | "forbidden" | "unsupported",
    message: string,
  ) {
    super(message);
  }
}

export interface Clock {
  /** Local milliseconds since the epoch. */
  now: () => number;
  /** Calls back once after this many milliseconds; the answer cancels it. */
  after: (ms: number, then: () => void) => () => void;
  /** 0 to 1, for the spread of retries. */
  random: () => number;
}

/** How a call ended, in words that pages have texts for. */
export const END_CAUSES = [
  "normal",
  "cancelled",
  "elsewhere",
  "busy",
  "declined",
  "no_answer",
  "not_found",
  "forbidden",
  "unreachable",
  "incompatible",
  "connection",
  "media",
  "failed",
] as const;
export type EndCause = (typeof END_CAUSES)[number];

export interface SessionEnd {
  /** `system`: neither person ended it; something in between broke. */
  by: "local" | "remote" | "system";
  cause: EndCause;
}

export interface SessionHandlers {
  /** The other side rings or plays something before it answers. */
  onProgress: () => void;
  /** Answered, and acknowledged. */
  onAccepted: () => void;
  onEnded: (end: SessionEnd) => void;
  onRemoteHold: (held: boolean) => void;
  /** The sound of the other side. */
  onSound: (stream: MediaStream) => void;
  /** Whether packets can pass. */
  onPath: (path: "open" | "broken") => void;
}

export interface ReferHandlers {
  onAccepted: () => void;
  onFailed: () => void;
}

/** One SIP dialog, or the beginning of one. */
export interface SipSession {
  readonly direction: "in" | "out";
  readonly number: string;
  readonly name: string;
  /** First value of a header of the INVITE that came in; undefined where there is none. */
  header: (name: string) => string | undefined;
  bind: (handlers: SessionHandlers) => void;
  answer: (stream: MediaStream, ice: RTCConfiguration) => void;
  reject: (status: 480 | 486 | 603) => void;
  hangUp: () => void;
  /** Asks for hold or its end; `done` tells whether the server agreed. */
  hold: (held: boolean, done: (agreed: boolean) => void) => void;
  mute: (muted: boolean) => void;
  /** Digits as RFC 4733 events in the sound. */
  dtmf: (digits: string) => void;
  /** Asks the server to hand the call on; with `replaces`, to the other party of that session. */
  refer: (target: string, replaces: SipSession | null, handlers: ReferHandlers) => void;
  /** A new path for the media, for example after a change of network. */
  restartPath: () => void;
  stats: () => Promise<Iterable<object>>;
  /** Forgets the session without a word to the server, which keeps the call. */
  drop: () => void;
}

export interface StackHandlers {
  onConnected: () => void;
  onDisconnected: () => void;
  onRegistered: () => void;
  /** Refused, or 0 where no answer came. */
  onRegisterFailed: (status: number) => void;
  /** The registration has to be renewed. */
  onExpiring: () => void;
  onIncoming: (session: SipSession) => void;
}

/** The SIP user agent. */
export interface SipStack {
  /** Connects, also again after a loss; registers by itself when connected. */
  connect: () => void;
  register: () => void;
  /** The network has changed: a connection that does not answer soon is given up. */
  probe: () => void;
  /** A new password of the same address. */
  renew: (account: SipAccount) => void;
  call: (target: string, stream: MediaStream, ice: RTCConfiguration) => SipSession;
  /** Ends the registration; calls in hand are ended too. */
  stop: () => void;
  /** Closes the connection without a word: the server keeps registration and calls for whoever comes next. */
  abandon: () => void;
}

export type SipStackFactory = (account: SipAccount, handlers: StackHandlers) => SipStack;

/** Microphone and speaker. */
export interface MediaPort {
  /** Opens the chosen microphone. Rejects as `getUserMedia` does. */
  open: () => Promise<MediaStream>;
  close: (stream: MediaStream) => void;
  /** Lets a stream be heard on the chosen speaker; null is silence. */
  play: (stream: MediaStream | null) => void;
}

/** What outlives a reload of the page, but not the tab. */
export interface Memory {
  load: () => string | null;
  save: (text: string | null) => void;
}
