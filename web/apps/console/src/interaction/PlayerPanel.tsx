import { CaretRightFilled, DownloadOutlined, PauseOutlined, StepBackwardOutlined, StepForwardOutlined } from "@ant-design/icons";
import { toApiError, type InteractionDetail, type Peaks, type Recording } from "@lingtong/api";
import { clock, FINE_SEEK_MS, marksOf, RATES, SEEK_MS, silences } from "@lingtong/model";
import { ErrorState, Panel, Skeleton, useKeys } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useMemo, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { causeColor, causeText } from "./cause";
import { usePlayer } from "./usePlayer";
import { Waveform } from "./Waveform";

/** Buckets asked for: about one per pixel of a wide screen. */
const BUCKETS = 1_200;

interface LoadedProps {
  recording: Recording;
  detail: InteractionDetail;
  peaks: Peaks;
}

function useSmoothPosition(playing: boolean, settled: number, position: () => number): number {
  const [now, setNow] = useState(settled);
  useEffect(() => {
    if (!playing) return undefined;
    let frame = requestAnimationFrame(function next() {
      setNow(position());
      frame = requestAnimationFrame(next);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [playing, position]);
  return playing ? now : settled;
}

function Loaded({ recording, detail, peaks }: LoadedProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api } = useServices();
  const marks = useMemo(() => marksOf(recording, detail), [recording, detail]);
  const quiet = useMemo(() => silences(peaks), [peaks]);
  const map = useMemo(() => ({ silences: quiet, marks: marks.map((mark) => mark.atMs) }), [quiet, marks]);
  const { state, act, failed, audio, position } = usePlayer(recording.duration_ms, map);
  const shown = useSmoothPosition(state.playing, state.positionMs, position);
  useKeys({
    Space: () => {
      act({ type: "toggle" });
    },
    ArrowLeft: () => {
      act({ type: "seek_by", ms: -SEEK_MS });
    },
    ArrowRight: () => {
      act({ type: "seek_by", ms: SEEK_MS });
    },
    "shift+ArrowLeft": () => {
      act({ type: "seek_by", ms: -FINE_SEEK_MS });
    },
    "shift+ArrowRight": () => {
      act({ type: "seek_by", ms: FINE_SEEK_MS });
    },
    n: () => {
      act({ type: "mark", step: 1 });
    },
    p: () => {
      act({ type: "mark", step: -1 });
    },
    s: () => {
      act({ type: "skip_silence" });
    },
    "-": () => {
      act({ type: "rate", step: -1 });
    },
    "+": () => {
      act({ type: "rate", step: 1 });
    },
    "=": () => {
      act({ type: "rate", step: 1 });
    },
  });
  return (
    <>
      <audio ref={audio} src={api.audioUrl(recording.id)} preload="metadata" />
      <div className="player-wave">
        <div className="player-channels" aria-hidden="true">
          {recording.channels.map((channel) => (
            <span key={channel} data-channel={channel}>
              {t(`leg.${channel}`)}
            </span>
          ))}
        </div>
        <Waveform recording={recording} peaks={peaks} positionMs={shown} marks={marks} silences={state.skipSilence ? quiet : []} act={act} />
      </div>
      <div className="player-controls">
        <Button
          type="primary"
          shape="circle"
          icon={state.playing ? <PauseOutlined /> : <CaretRightFilled />}
          aria-label={t(state.playing ? "player.pause" : "player.play")}
          onClick={() => {
            act({ type: "toggle" });
          }}
        />
        <Button
          type="text"
          icon={<StepBackwardOutlined />}
          aria-label={t("player.previousMark")}
          title={t("player.previousMark")}
          onClick={() => {
            act({ type: "mark", step: -1 });
          }}
        />
        <Button
          type="text"
          icon={<StepForwardOutlined />}
          aria-label={t("player.nextMark")}
          title={t("player.nextMark")}
          onClick={() => {
            act({ type: "mark", step: 1 });
          }}
        />
        <span className="player-time num">
          <b>{clock(shown)}</b> / {clock(recording.duration_ms)}
        </span>
        <ul className="player-legend">
          {[...new Set(marks.filter((mark) => mark.kind === "segment").map((mark) => mark.cause))].map((cause) => (
            <li key={cause} style={{ color: `var(${causeColor(cause)})` }}>
              <i aria-hidden="true" /> {causeText(t, cause)}
            </li>
          ))}
        </ul>
        <button
          type="button"
          className="chip"
          aria-pressed={state.skipSilence}
          onClick={() => {
            act({ type: "skip_silence" });
          }}
        >
          {t("player.skipSilence")}
        </button>
        <div className="rates" role="group" aria-label={t("player.rate")}>
          {RATES.map((rate) => (
            <button
              key={rate}
              type="button"
              className="num"
              aria-pressed={state.rate === rate}
              onClick={() => {
                act({ type: "set_rate", rate });
              }}
            >
              {rate}×
            </button>
          ))}
        </div>
        <Button type="text" icon={<DownloadOutlined />} href={api.audioUrl(recording.id)} download aria-label={t("player.download")} title={t("player.download")} />
      </div>
      {failed ? (
        <p className="player-failed" role="alert">
          {t("player.failed")}
        </p>
      ) : null}
      {recording.gaps.length > 0 ? <p className="player-note faint">{t("player.hasGaps", { count: recording.gaps.length })}</p> : null}
    </>
  );
}

/** A recording with its waveform; the keys act wherever the focus is on the page. */
export function PlayerPanel({ recording, detail }: { recording: Recording; detail: InteractionDetail }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api } = useServices();
  const peaks = useQuery({
    queryKey: ["peaks", recording.id],
    queryFn: ({ signal }) => api.peaks(recording.id, BUCKETS, signal),
    staleTime: Infinity,
  });
  return (
    <Panel className="player" label={t("player.title")}>
      {peaks.data !== undefined ? (
        <Loaded recording={recording} detail={detail} peaks={peaks.data} />
      ) : peaks.error === null ? (
        <Skeleton rows={3} height={30} />
      ) : (
        <ErrorState error={toApiError(peaks.error)} retry={() => void peaks.refetch()} />
      )}
    </Panel>
  );
}
