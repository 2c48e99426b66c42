/** Steps of the arrow keys, in milliseconds. */
export const SEEK_MS = 5_000;
export const FINE_SEEK_MS = 1_000;
export const RATES: readonly number[] = [0.75, 1, 1.25, 1.5, 2];
/** A marker within this distance before the position counts as reached, so that "previous" gets past it. */
const MARK_SLACK_MS = 750;

/** A span of time on a recording. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export interface Playback {
  durationMs: number;
  positionMs: number;
  playing: boolean;
  rate: number;
  skipSilence: boolean;
}

export type PlaybackAction =
  | { type: "toggle" }
  | { type: "pause" }
  | { type: "seek_to"; ms: number }
  | { type: "seek_by"; ms: number }
  | { type: "mark"; step: 1 | -1 }
  | { type: "rate"; step: 1 | -1 }
  | { type: "set_rate"; rate: number }
  | { type: "skip_silence" }
  | { type: "length"; ms: number }
  /** The sound's own report of where it is. */
  | { type: "progress"; ms: number };

export interface PlaybackMap {
  silences: readonly Span[];
  /** Places worth jumping to, ascending. */
  marks: readonly number[];
}

export function newPlayback(durationMs: number): Playback {
  return { durationMs, positionMs: 0, playing: false, rate: 1, skipSilence: false };
}

/** Where playing goes on: the end of the silence that holds the position, or the position itself. */
export function pastSilence(positionMs: number, silences: readonly Span[]): number {
  const hit = silences.find((span) => positionMs >= span.fromMs && positionMs < span.toMs);
  return hit === undefined ? positionMs : hit.toMs;
}

function nextMark(positionMs: number, step: 1 | -1, marks: readonly number[]): number | undefined {
  if (step > 0) return marks.find((mark) => mark > positionMs);
  return marks.findLast((mark) => mark < positionMs - MARK_SLACK_MS);
}

function clamp(state: Playback, ms: number): Playback {
  return { ...state, positionMs: Math.min(Math.max(0, ms), state.durationMs) };
}

/** The player after one action. The view only carries the difference over to the audio element. */
export function playback(state: Playback, action: PlaybackAction, map: PlaybackMap): Playback {
  switch (action.type) {
    case "toggle": {
      const ended = !state.playing && state.positionMs >= state.durationMs;
      return { ...state, playing: !state.playing, positionMs: ended ? 0 : state.positionMs };
    }
    case "pause":
      return { ...state, playing: false };
    case "seek_to":
      return clamp(state, action.ms);
    case "seek_by":
      return clamp(state, state.positionMs + action.ms);
    case "mark":
      return clamp(state, nextMark(state.positionMs, action.step, map.marks) ?? (action.step > 0 ? state.positionMs : 0));
    case "rate": {
      const index = RATES.indexOf(state.rate) + action.step;
      return { ...state, rate: RATES[Math.min(Math.max(0, index), RATES.length - 1)] ?? 1 };
    }
    case "set_rate":
      return RATES.includes(action.rate) ? { ...state, rate: action.rate } : state;
    case "skip_silence":
      return { ...state, skipSilence: !state.skipSilence };
    case "length":
      return clamp({ ...state, durationMs: action.ms }, state.positionMs);
    case "progress": {
      const at = state.playing && state.skipSilence ? pastSilence(action.ms, map.silences) : action.ms;
      const moved = clamp(state, at);
      return moved.positionMs >= state.durationMs ? { ...moved, playing: false } : moved;
    }
  }
}
