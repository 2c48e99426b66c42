const HEAD_BYTES = 44;
const FULL_SCALE = 32_767;

function text(view: DataView, at: number, word: string): void {
  for (let index = 0; index < word.length; index += 1) view.setUint8(at + index, word.charCodeAt(index));
}

/** One channel of samples, from -1 to 1, as a WAV file of 16 bits. `rate` in Hz. */
export function wavOf(samples: Float32Array, rate: number): ArrayBuffer {
  const bytes = samples.length * 2;
  const buffer = new ArrayBuffer(HEAD_BYTES + bytes);
  const view = new DataView(buffer);
  text(view, 0, "RIFF");
  view.setUint32(4, HEAD_BYTES - 8 + bytes, true);
  text(view, 8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(view, 36, "data");
  view.setUint32(40, bytes, true);
  samples.forEach((sample, index) => {
    view.setInt16(HEAD_BYTES + index * 2, Math.round(Math.max(-1, Math.min(1, sample)) * FULL_SCALE), true);
  });
  return buffer;
}
