import { vi } from "vitest";

class FakeTrack {
  enabled = true;
  readonly kind = "audio";
  stopped = false;
  stop(): void {
    this.stopped = true;
  }
}

export class FakeStream {
  readonly track = new FakeTrack();
  getTracks(): FakeTrack[] {
    return [this.track];
  }
  getAudioTracks(): FakeTrack[] {
    return [this.track];
  }
  getVideoTracks(): FakeTrack[] {
    return [];
  }
}

const ANSWER = "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=sendrecv\r\n";

/** A connection that agrees to everything, and counts packets as it is told. */
export class FakeConnection extends EventTarget {
  static all: FakeConnection[] = [];
  signalingState = "stable";
  iceGatheringState = "complete";
  iceConnectionState = "connected";
  localDescription: { type: string; sdp: string } | null = null;
  closed = false;
  restarts = 0;
  digits = "";
  counters = { packetsReceived: 0, packetsLost: 0, jitter: 0.004, roundTripTime: 0.05 };
  private readonly senders: { track: FakeTrack; dtmf: object }[] = [];

  constructor() {
    super();
    FakeConnection.all.push(this);
  }

  addTrack(track: FakeTrack): void {
    const dtmf = {
      toneBuffer: "",
      insertDTMF: (tones: string): void => {
        this.digits += tones;
      },
    };
    this.senders.push({ track, dtmf });
  }

  getSenders(): object[] {
    return this.senders;
  }

  createOffer(options: { iceRestart?: boolean } | null): Promise<object> {
    if (options?.iceRestart === true) this.restarts += 1;
    return Promise.resolve({ type: "offer", sdp: ANSWER });
  }

  createAnswer(): Promise<object> {
    return Promise.resolve({ type: "answer", sdp: ANSWER });
  }

  setLocalDescription(description: { type: string; sdp: string }): Promise<void> {
    this.localDescription = description;
    return Promise.resolve();
  }

  setRemoteDescription(): Promise<void> {
    return Promise.resolve();
  }

  getStats(): Promise<Map<string, object>> {
    const { packetsReceived, packetsLost, jitter, roundTripTime } = this.counters;
    return Promise.resolve(
      new Map<string, object>([
        ["in", { type: "inbound-rtp", kind: "audio", packetsReceived, packetsLost, jitter }],
        ["out", { type: "remote-inbound-rtp", kind: "audio", roundTripTime }],
      ]),
    );
  }

  close(): void {
    this.closed = true;
    this.signalingState = "closed";
  }

  path(state: string): void {
    this.iceConnectionState = state;
    this.dispatchEvent(new Event("iceconnectionstatechange"));
  }

  /** The other side's voice arrives. */
  voice(): FakeStream {
    const stream = new FakeStream();
    const event = Object.assign(new Event("track"), { streams: [stream] });
    this.dispatchEvent(event);
    return stream;
  }
}

/** What JsSIP expects of a page. */
export function installBrowser(): void {
  FakeConnection.all = [];
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("RTCPeerConnection", FakeConnection);
  vi.stubGlobal(
    "RTCSessionDescription",
    function description(this: object, init: object): void {
      Object.assign(this, init);
    },
  );
}

export function lastConnection(): FakeConnection {
  const last = FakeConnection.all.at(-1);
  if (last === undefined) throw new Error("no connection was made");
  return last;
}
