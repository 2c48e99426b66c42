import type { Peaks, Recording } from "@lingtong/api";
import { clock, columns, displayGain, SEEK_MS, type Mark, type PlaybackAction, type Span } from "@lingtong/model";
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useAppearance } from "@lingtong/ui";
import { causeColor } from "./cause";
import { gapText } from "./codes";

const CHANNEL_HEIGHT = 62;

interface WaveformProps {
  recording: Recording;
  peaks: Peaks;
  positionMs: number;
  marks: readonly Mark[];
  silences: readonly Span[];
  act: (action: PlaybackAction) => void;
}

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (ref.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      setWidth(Math.floor(entry?.contentRect.width ?? 0));
    });
    observer.observe(ref.current);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [ref, width];
}

function draw(canvas: HTMLCanvasElement, peaks: Peaks, width: number): void {
  const scale = window.devicePixelRatio;
  const pixels = Math.round(width * scale);
  const height = CHANNEL_HEIGHT * peaks.channels.length;
  canvas.width = pixels;
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) return;
  const style = getComputedStyle(canvas);
  const gain = displayGain(peaks);
  peaks.channels.forEach((channel, index) => {
    const middle = (index + 0.5) * CHANNEL_HEIGHT * scale;
    const half = (CHANNEL_HEIGHT / 2 - 5) * scale;
    context.fillStyle = style.getPropertyValue(index === 0 ? "--wave-customer" : "--wave-agent");
    // Bars of two pixels with one between them read as sound; a solid area reads as noise.
    const step = Math.max(1, Math.round(3 * scale));
    const bars = columns(channel, Math.floor(pixels / step));
    for (let bar = 0; bar * 2 < bars.length; bar += 1) {
      const top = middle - Math.min(1, (bars[bar * 2 + 1] ?? 0) * gain) * half;
      const bottom = middle - Math.max(-1, (bars[bar * 2] ?? 0) * gain) * half;
      context.fillRect(bar * step, top, Math.max(1, step - scale), Math.max(scale, bottom - top));
    }
  });
}

/** Both channels of a recording; click or arrows move the position, marks and gaps are drawn over it. */
export function Waveform({ recording, peaks, positionMs, marks, silences, act }: WaveformProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { name } = useAppearance();
  const [box, width] = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null && width > 0) draw(canvas.current, peaks, width);
  }, [peaks, width, name]);
  const share = (ms: number): string => `${String((ms / recording.duration_ms) * 100)}%`;
  const seek = (event: PointerEvent<HTMLDivElement>): void => {
    const area = event.currentTarget.getBoundingClientRect();
    act({ type: "seek_to", ms: ((event.clientX - area.left) / area.width) * recording.duration_ms });
  };
  const pressed = (event: KeyboardEvent): void => {
    const target = { Home: 0, End: recording.duration_ms, PageUp: positionMs - 6 * SEEK_MS, PageDown: positionMs + 6 * SEEK_MS }[
      event.key
    ];
    if (target === undefined) return;
    event.preventDefault();
    act({ type: "seek_to", ms: target });
  };
  return (
    <div
      ref={box}
      className="waveform"
      role="slider"
      tabIndex={0}
      aria-label={t("player.position")}
      aria-valuemin={0}
      aria-valuemax={Math.round(recording.duration_ms / 1000)}
      aria-valuenow={Math.round(positionMs / 1000)}
      aria-valuetext={t("player.of", { at: clock(positionMs), length: clock(recording.duration_ms) })}
      style={{ height: CHANNEL_HEIGHT * peaks.channels.length }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seek(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seek(event);
      }}
      onKeyDown={pressed}
    >
      {silences.map((span) => (
        <i key={span.fromMs} className="wave-silence" style={{ left: share(span.fromMs), width: share(span.toMs - span.fromMs) }} />
      ))}
      <canvas ref={canvas} style={{ width, height: CHANNEL_HEIGHT * peaks.channels.length }} aria-hidden="true" />
      {recording.gaps.map((gap) => (
        <i
          key={gap.from_ms}
          className="wave-gap"
          title={t("player.gap", { cause: gapText(t, gap.cause) })}
          style={{ left: share(gap.from_ms), width: share(gap.to_ms - gap.from_ms) }}
        />
      ))}
      {marks.map((mark) => (
        <i
          key={`${String(mark.atMs)}${mark.cause}`}
          className="wave-mark"
          style={{ left: share(mark.atMs), color: `var(${causeColor(mark.cause)})` }}
        />
      ))}
      <i className="wave-played" style={{ width: share(positionMs) }} />
      <i className="wave-cursor" style={{ left: share(positionMs) }} />
    </div>
  );
}
