import type { Peaks } from "@lingtong/api";
import type { Span } from "./playback";

/** Below this share of full scale a bucket counts as silent: about -40 dBFS. */
export const SILENCE_LEVEL = 0.01;
/** Shorter pauses belong to speech and are not skipped. */
export const MIN_SILENCE_MS = 1_500;
/** Kept at both ends of a skipped silence, so that no word is clipped. */
export const SILENCE_MARGIN_MS = 200;

/** Lowest and highest sample of each pixel column, flattened as min, max, min, max, … */
export function columns(channel: readonly number[], width: number): Float32Array {
  const buckets = Math.floor(channel.length / 2);
  const out = new Float32Array(Math.max(0, width) * 2);
  if (buckets === 0) return out;
  for (let x = 0; x < width; x += 1) {
    const first = Math.min(buckets - 1, Math.floor((x * buckets) / width));
    const last = Math.max(first + 1, Math.min(buckets, Math.ceil(((x + 1) * buckets) / width)));
    let [low, high] = [0, 0];
    for (let bucket = first; bucket < last; bucket += 1) {
      low = Math.min(low, channel[bucket * 2] ?? 0);
      high = Math.max(high, channel[bucket * 2 + 1] ?? 0);
    }
    out[x * 2] = Math.max(-1, low);
    out[x * 2 + 1] = Math.min(1, high);
  }
  return out;
}

/** Factor that brings the loudest sample of all channels to full height, so that quiet calls can be seen too. */
export function displayGain(peaks: Peaks): number {
  let top = 0;
  for (const channel of peaks.channels) for (const sample of channel) top = Math.max(top, Math.abs(sample));
  return top < SILENCE_LEVEL ? 1 : Math.min(8, 0.95 / top);
}

/** Spans in which nobody speaks on any channel. */
export function silences(peaks: Peaks): Span[] {
  const buckets = Math.max(0, ...peaks.channels.map((channel) => Math.floor(channel.length / 2)));
  if (buckets === 0) return [];
  const bucketMs = peaks.duration_ms / buckets;
  const silent = (bucket: number): boolean =>
    peaks.channels.every(
      (channel) =>
        Math.max(Math.abs(channel[bucket * 2] ?? 0), Math.abs(channel[bucket * 2 + 1] ?? 0)) < SILENCE_LEVEL,
    );
  const spans: Span[] = [];
  let start = -1;
  for (let bucket = 0; bucket <= buckets; bucket += 1) {
    if (bucket < buckets && silent(bucket)) {
      if (start < 0) start = bucket;
    } else if (start >= 0) {
      const span = { fromMs: start * bucketMs + SILENCE_MARGIN_MS, toMs: bucket * bucketMs - SILENCE_MARGIN_MS };
      if (span.toMs - span.fromMs >= MIN_SILENCE_MS) spans.push(span);
      start = -1;
    }
  }
  return spans;
}
