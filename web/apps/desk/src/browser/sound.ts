import { levelOf, ringTone, type DevicePort, type Devices, type MediaPort, type Probe } from "@lingtong/phone";

/** What newer browsers can do with a sound; the types of the older ones do not know it. */
interface Sink {
  setSinkId?: (id: string) => Promise<void>;
}

async function toSpeaker(element: HTMLAudioElement, id: string): Promise<void> {
  // A speaker that has gone: the browser's own choice is heard instead.
  await (element as Sink).setSinkId?.(id === "default" ? "" : id).catch(() => undefined);
}

export function devicePort(): DevicePort {
  // Absent where the page is not served securely, whatever the types say.
  const media = navigator.mediaDevices as MediaDevices | undefined;
  return {
    secure: window.isSecureContext && media !== undefined,
    webrtc: "RTCPeerConnection" in window,
    choosesSpeaker: "setSinkId" in HTMLMediaElement.prototype,
    enumerate: async () => (await media?.enumerateDevices()) ?? [],
    open: (constraints) => media?.getUserMedia(constraints) ?? Promise.reject(new Error("no devices")),
    close: stop,
    onChange: (changed) => {
      media?.addEventListener("devicechange", changed);
      return () => media?.removeEventListener("devicechange", changed);
    },
  };
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Microphone and speaker as they are chosen at the moment. */
export function mediaPort(devices: Devices): MediaPort {
  const element = new Audio();
  element.autoplay = true;
  devices.subscribe(() => {
    void toSpeaker(element, devices.getView().chosen.speaker);
  });
  return {
    open: () => navigator.mediaDevices.getUserMedia(devices.constraints()),
    close: stop,
    play: (stream) => {
      element.srcObject = stream;
      void toSpeaker(element, devices.getView().chosen.speaker);
      if (stream !== null) void element.play().catch(() => undefined);
    },
  };
}

/** Rings on the device chosen for it. */
export class Ringer {
  private readonly element: HTMLAudioElement;
  private readonly listeners = new Set<() => void>();
  private ringing = false;
  /** The browser plays nothing before a person has touched the page. */
  private blocked = false;

  constructor(private readonly devices: Devices) {
    this.element = new Audio(URL.createObjectURL(new Blob([ringTone()], { type: "audio/wav" })));
    this.element.loop = true;
    // A blocked ring is made up for with the first touch.
    window.addEventListener("pointerdown", () => {
      this.setBlocked(false);
      if (this.ringing) void this.play();
    });
  }

  readonly isBlocked = (): boolean => this.blocked;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  ring(on: boolean): void {
    if (on === this.ringing) return;
    this.ringing = on;
    if (on) {
      void this.play();
    } else {
      this.element.pause();
      this.element.currentTime = 0;
    }
  }

  /** Rings once, to hear where it comes from. */
  try(): void {
    this.ring(true);
    setTimeout(() => {
      this.ring(false);
    }, 1_200);
  }

  private async play(): Promise<void> {
    // First the speaker, then the sound: else its beginning is heard in the headset.
    await toSpeaker(this.element, this.devices.getView().chosen.ringer);
    if (!this.ringing) return;
    try {
      await this.element.play();
    } catch {
      this.setBlocked(this.ringing);
    }
  }

  private setBlocked(blocked: boolean): void {
    if (blocked === this.blocked) return;
    this.blocked = blocked;
    for (const listener of this.listeners) listener();
  }
}

/** Tells the level of the microphone about fifteen times a second until it is ended. */
export async function openMeter(devices: Devices, onLevel: (level: number) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia(devices.constraints());
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    onLevel(levelOf(samples));
  }, 66);
  return () => {
    clearInterval(timer);
    stop(stream);
    void context.close();
  };
}

/** The tone that tries the path: within every codec's band, and no key's. */
const PROBE_HZ = 1_040;
/** What came back is the tone when it is this loud, in decibels of full scale, and the loudest of all. */
const PROBE_DB = -50;

/** A tone that nobody hears, to be sent, and an ear that knows it among what comes back. */
export function openProbe(): Probe {
  const context = new AudioContext();
  const tone = context.createOscillator();
  tone.frequency.value = PROBE_HZ;
  const sent = context.createMediaStreamDestination();
  tone.connect(sent);
  tone.start();
  const ear = context.createAnalyser();
  ear.fftSize = 4096;
  const bins = new Float32Array(ear.frequencyBinCount);
  const width = context.sampleRate / ear.fftSize;
  // Chromium lets a far sound into an audio graph only while an element plays it.
  const element = new Audio();
  element.muted = true;
  return {
    stream: sent.stream,
    listen: (stream) => {
      element.srcObject = stream;
      void element.play().catch(() => undefined);
      context.createMediaStreamSource(stream).connect(ear);
    },
    heard: () => {
      ear.getFloatFrequencyData(bins);
      const loudest = bins.reduce((best, level, at) => (level > (bins[best] ?? level) ? at : best), 0);
      return (bins[loudest] ?? -Infinity) > PROBE_DB && Math.abs(loudest * width - PROBE_HZ) < 2 * width;
    },
    close: () => {
      element.srcObject = null;
      stop(sent.stream);
      void context.close();
    },
  };
}
