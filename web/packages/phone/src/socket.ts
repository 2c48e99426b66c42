/** The part of a WebSocket that is used, so that a test can play the server. */
export interface SocketLike {
  onopen: (() => void) | null;
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: (() => void) | null;
  send: (text: string) => void;
  close: () => void;
}

export type SocketFactory = (url: string, protocol: string) => SocketLike;

/** A connection that is not open after this time is given up, in milliseconds. */
export const CONNECT_WAIT_MS = 8_000;
/** How often a quiet connection is asked whether it still stands (RFC 5626, 3.5.1), in milliseconds. */
export const PING_MS = 15_000;
/** How long the answer may take, in milliseconds. */
export const PONG_WAIT_MS = 5_000;
/** How long it may take when the network has just come back, in milliseconds: what was open before is most likely dead. */
export const PROBE_WAIT_MS = 1_000;
const PING = "\r\n\r\n";
const PONG = "\r\n";

/** What JsSIP asks of its transport. */
export interface SipSocket {
  readonly url: string;
  readonly sip_uri: string;
  via_transport: string;
  onconnect: () => void;
  ondisconnect: (error: boolean, code?: number, reason?: string) => void;
  ondata: (data: unknown) => void;
  connect: () => void;
  disconnect: () => void;
  send: (message: string) => boolean;
  isConnected: () => boolean;
  isConnecting: () => boolean;
  /** The network has changed: finds out soon whether the connection still stands, and gives one up that is being made. */
  probe: () => void;
}

/**
 * SIP over a WebSocket (RFC 7118). A laptop that changes its network leaves a socket that looks open for minutes;
 * pings find that out. A server that has never answered one is not held to it.
 */
export function openSocket(url: string, open: SocketFactory): SipSocket {
  const { host, protocol } = new URL(url);
  let socket: SocketLike | null = null;
  let up = false;
  let answersPings = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const unbind = (): void => {
    clearTimeout(timer);
    const old = socket;
    socket = null;
    up = false;
    if (old === null) return;
    old.onopen = old.onclose = old.onmessage = null;
    // A socket that is closed while it connects still reports an error.
    old.onerror = () => undefined;
    old.close();
  };
  const lose = (code: number, reason: string): void => {
    unbind();
    self.ondisconnect(true, code, reason);
  };
  const ping = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const asked = socket;
      if (answersPings) {
        timer = setTimeout(() => {
          lose(1006, "the server does not answer");
        }, PONG_WAIT_MS);
      } else {
        ping();
      }
      asked?.send(PING);
    }, PING_MS);
  };

  const self: SipSocket = {
    url,
    sip_uri: `sip:${host};transport=ws`,
    via_transport: protocol === "wss:" ? "WSS" : "WS",
    onconnect: () => undefined,
    ondisconnect: () => undefined,
    ondata: () => undefined,
    connect: () => {
      if (socket !== null) return;
      const mine = open(url, "sip");
      socket = mine;
      timer = setTimeout(() => {
        lose(1006, "the server cannot be reached");
      }, CONNECT_WAIT_MS);
      mine.onopen = () => {
        up = true;
        ping();
        self.onconnect();
      };
      mine.onmessage = ({ data }) => {
        if (data === PONG) answersPings = true;
        ping();
        self.ondata(data);
      };
      mine.onclose = ({ code, reason }) => {
        lose(code, reason);
      };
    },
    disconnect: unbind,
    send: (message) => {
      if (!up || socket === null) return false;
      socket.send(message);
      return true;
    },
    isConnected: () => up,
    isConnecting: () => socket !== null && !up,
    probe: () => {
      if (socket === null) return;
      if (!up) {
        lose(1006, "the network has changed");
      } else if (answersPings) {
        clearTimeout(timer);
        timer = setTimeout(() => {
          lose(1006, "the server does not answer");
        }, PROBE_WAIT_MS);
        socket.send(PING);
      }
    },
  };
  return self;
}
