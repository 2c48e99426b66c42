import { micProblem, type PhoneProblem } from "./problems";

export type DeviceUse = "mic" | "speaker" | "ringer";

export interface AudioDevice {
  id: string;
  label: string;
}

/** What the browser is asked about sound. */
export interface DevicePort {
  /** Whether the page may use devices at all (HTTPS, or this machine). */
  secure: boolean;
  webrtc: boolean;
  /** Whether a speaker can be chosen. */
  choosesSpeaker: boolean;
  enumerate: () => Promise<readonly { kind: string; deviceId: string; label: string }[]>;
  open: (constraints: MediaStreamConstraints) => Promise<MediaStream>;
  close: (stream: MediaStream) => void;
  onChange: (changed: () => void) => () => void;
}

/** Keeps the choice over days; an absent device is passed over, not forgotten. */
export interface ChoiceStore {
  load: (use: DeviceUse) => string | null;
  save: (use: DeviceUse, id: string) => void;
}

export interface DevicesView {
  microphones: readonly AudioDevice[];
  speakers: readonly AudioDevice[];
  chosen: Readonly<Record<DeviceUse, string>>;
  /** Whether names are known: the browser tells them once the microphone was allowed. */
  named: boolean;
  choosesSpeaker: boolean;
  checking: boolean;
  /** Null until the first check; empty when all is well. */
  problems: readonly PhoneProblem[] | null;
}

const DEFAULT = "default";

/** Microphone, speaker and ringer: what there is, what was chosen, and what is wrong. */
export class Devices {
  private readonly listeners = new Set<() => void>();
  private view: DevicesView;
  private unwatch: (() => void) | null = null;

  constructor(
    private readonly port: DevicePort,
    private readonly choices: ChoiceStore,
  ) {
    this.view = {
      microphones: [],
      speakers: [],
      chosen: { mic: DEFAULT, speaker: DEFAULT, ringer: DEFAULT },
      named: false,
      choosesSpeaker: port.choosesSpeaker,
      checking: false,
      problems: null,
    };
  }

  readonly getView = (): DevicesView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): void {
    // A headset that is plugged in mends what was wrong without a further click.
    this.unwatch ??= this.port.onChange(() => void (this.usable ? this.refresh() : this.check()));
    void this.check();
  }

  stop(): void {
    this.unwatch?.();
    this.unwatch = null;
  }

  /** Whether a call could be taken, as far as is known: without a speaker it can be, without a microphone not. */
  get usable(): boolean {
    return this.view.problems?.every((problem) => problem === "speaker_missing") ?? false;
  }

  choose(use: DeviceUse, id: string): void {
    this.choices.save(use, id);
    this.set({ chosen: { ...this.view.chosen, [use]: id } });
    if (use === "mic") void this.check();
  }

  /** What the microphone is opened with. Echo and noise are the browser's to take out. */
  constraints(): MediaStreamConstraints {
    const id = this.view.chosen.mic;
    return {
      audio: {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
        channelCount: 1,
        // Not `exact`: a headset that was unplugged between two calls must not cost the second one.
        ...(id === DEFAULT ? {} : { deviceId: { ideal: id } }),
      },
    };
  }

  /** Looks whether a call could be taken now: opens the microphone once and closes it again. */
  async check(): Promise<void> {
    if (this.view.checking) return;
    this.set({ checking: true });
    const problems = await this.problems();
    await this.refresh();
    if (this.view.speakers.length === 0 && this.view.choosesSpeaker && !problems.includes("insecure")) {
      problems.push("speaker_missing");
    }
    this.set({ checking: false, problems });
  }

  private async problems(): Promise<PhoneProblem[]> {
    if (!this.port.secure) return ["insecure"];
    if (!this.port.webrtc) return ["no_webrtc"];
    try {
      this.port.close(await this.port.open(this.constraints()));
      return [];
    } catch (thrown) {
      return [micProblem(thrown)];
    }
  }

  private async refresh(): Promise<void> {
    const found = await this.port.enumerate().catch(() => []);
    const of = (kind: string): AudioDevice[] =>
      found
        .filter((device) => device.kind === kind && device.deviceId !== "")
        .map((device) => ({ id: device.deviceId, label: device.label }));
    const [microphones, speakers] = [of("audioinput"), of("audiooutput")];
    const pick = (use: DeviceUse, among: readonly AudioDevice[]): string => {
      const wanted = this.choices.load(use);
      return among.some((device) => device.id === wanted) ? (wanted ?? DEFAULT) : DEFAULT;
    };
    this.set({
      microphones,
      speakers,
      named: microphones.some((device) => device.label !== ""),
      chosen: { mic: pick("mic", microphones), speaker: pick("speaker", speakers), ringer: pick("ringer", speakers) },
    });
  }

  private set(change: Partial<DevicesView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }
}
