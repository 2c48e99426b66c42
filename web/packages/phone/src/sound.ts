/** Loudness below which nobody speaks, in decibels below full scale. */
const FLOOR_DB = -60;

/** How loud these samples are, from 0 (silence) to 1 (full scale), on a scale as an ear hears it. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  const db = 20 * Math.log10(Math.max(rms, 1e-6));
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

const RATE = 16_000;
/** Ringing as telephones in China do it: 450 Hz, one second in five (GB/T 3380). */
const RING = { hz: 450, onMs: 1_000, periodMs: 5_000, volume: 0.35 } as const;
/** Rise and fall of the tone in milliseconds, so that it does not click. */
const EDGE_MS = 20;

/** One period of the ringing tone as a WAV file (PCM, 16 bit, mono). */
export function ringTone(): Uint8Array<ArrayBuffer> {
  const samples = (RATE * RING.periodMs) / 1000;
  const bytes = new Uint8Array(44 + samples * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string): void => {
    for (let index = 0; index < word.length; index += 1) view.setUint8(at + index, word.charCodeAt(index));
  };
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples * 2, true);
  const on = (RATE * RING.onMs) / 1000;
  const edge = (RATE * EDGE_MS) / 1000;
  for (let index = 0; index < on; index += 1) {
    const slope = Math.min(1, index / edge, (on - index) / edge);
    const value = Math.sin((2 * Math.PI * RING.hz * index) / RATE) * RING.volume * slope;
    view.setInt16(44 + index * 2, Math.round(value * 0x7fff), true);
  }
  return bytes;
}
