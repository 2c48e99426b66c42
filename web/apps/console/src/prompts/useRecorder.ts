import { wavOf } from "@lingtong/model";
import { useCallback, useEffect, useRef, useState } from "react";

/** How far a recording has come. */
export interface Recorder {
  /** Seconds so far; null while nothing is recorded. */
  seconds: number | null;
  /** The browser gave no microphone. */
  refused: boolean;
  start: () => void;
  /** Ends it and gives what was said. */
  stop: () => void;
  discard: () => void;
}

interface Running {
  recorder: MediaRecorder;
  stream: MediaStream;
  tick: ReturnType<typeof setInterval>;
}

/** What a browser has recorded, in whatever format it likes, as a WAV file of one channel. */
async function toWav(blob: Blob): Promise<Blob> {
  const context = new AudioContext();
  try {
    const sound = await context.decodeAudioData(await blob.arrayBuffer());
    return new Blob([wavOf(sound.getChannelData(0), sound.sampleRate)], { type: "audio/wav" });
  } finally {
    await context.close();
  }
}

/** Records by the microphone. It ends by itself after `longest` seconds, and with the page. */
export function useRecorder(longest: number, done: (sound: Blob) => void): Recorder {
  const [seconds, setSeconds] = useState<number | null>(null);
  const [refused, setRefused] = useState(false);
  const running = useRef<Running | null>(null);
  const latest = useRef(done);
  useEffect(() => {
    latest.current = done;
  });
  const end = useCallback((use: boolean) => {
    const now = running.current;
    running.current = null;
    setSeconds(null);
    if (now === null) return;
    clearInterval(now.tick);
    if (!use) now.recorder.ondataavailable = null;
    now.recorder.stop();
    for (const track of now.stream.getTracks()) track.stop();
  }, []);
  useEffect(
    () => () => {
      end(false);
    },
    [end],
  );
  const begin = async (): Promise<void> => {
    // Telephone or not: what is said into a prompt is to sound as it was said.
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, autoGainControl: false } });
    const recorder = new MediaRecorder(stream);
    recorder.ondataavailable = ({ data }) => {
      void toWav(data).then((sound) => {
        latest.current(sound);
      });
    };
    let passed = 0;
    const tick = setInterval(() => {
      passed += 1;
      setSeconds(passed);
      if (passed >= longest) end(true);
    }, 1_000);
    running.current = { recorder, stream, tick };
    recorder.start();
    setSeconds(0);
    setRefused(false);
  };
  return {
    seconds,
    refused,
    start: () => {
      // Without HTTPS a browser has no such thing at all.
      Promise.resolve()
        .then(begin)
        .catch(() => {
          setRefused(true);
        });
    },
    stop: () => {
      end(true);
    },
    discard: () => {
      end(false);
    },
  };
}
