import { newPlayback, playback, type Playback, type PlaybackAction, type PlaybackMap } from "@lingtong/model";
import { useCallback, useEffect, useRef, useState } from "react";

/** Positions closer than this are the same; a larger difference means that a person moved it. */
const SAME_POSITION_MS = 120;

export interface Player {
  state: Playback;
  act: (action: PlaybackAction) => void;
  failed: boolean;
  audio: React.RefObject<HTMLAudioElement | null>;
  /** Position at this very moment, for drawing between two reports of the audio element. */
  position: () => number;
}

/** Joins the model of playing to an audio element: the model decides, the element sounds. */
export function usePlayer(durationMs: number, map: PlaybackMap): Player {
  const audio = useRef<HTMLAudioElement>(null);
  const [state, setState] = useState(() => newPlayback(durationMs));
  const [failed, setFailed] = useState(false);
  const act = useCallback(
    (action: PlaybackAction) => {
      setState((before) => playback(before, action, map));
    },
    [map],
  );

  useEffect(() => {
    const element = audio.current;
    if (element === null) return;
    element.playbackRate = state.rate;
    if (Math.abs(element.currentTime * 1000 - state.positionMs) > SAME_POSITION_MS) {
      element.currentTime = state.positionMs / 1000;
    }
    if (state.playing && element.paused) {
      element.play().catch(() => {
        setState((before) => playback(before, { type: "pause" }, map));
      });
    } else if (!state.playing && !element.paused) {
      element.pause();
    }
  }, [state, map]);

  useEffect(() => {
    const element = audio.current;
    if (element === null) return undefined;
    const progress = (): void => {
      act({ type: "progress", ms: element.currentTime * 1000 });
    };
    const ended = (): void => {
      act({ type: "pause" });
    };
    const broken = (): void => {
      setFailed(true);
      act({ type: "pause" });
    };
    element.addEventListener("timeupdate", progress);
    element.addEventListener("ended", ended);
    element.addEventListener("error", broken);
    return () => {
      element.removeEventListener("timeupdate", progress);
      element.removeEventListener("ended", ended);
      element.removeEventListener("error", broken);
    };
  }, [act]);

  const position = useCallback(() => (audio.current?.currentTime ?? 0) * 1000, []);
  return { state, act, failed, audio, position };
}
