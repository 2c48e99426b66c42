import { STALE_MS } from "@lingtong/model";
import { StateMark, timeOfDay, useLocality } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useLiveView } from "../useLive";
import "./wall.css";

/** Says until when the figures are good, once they are not from now. */
export function Stale({ now }: { now: number }): ReactElement | null {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const { phase, currentAt, board } = useLiveView();
  if (currentAt === null || board === null) return null;
  const at = currentAt + board.clockOffsetMs;
  if (phase === "live" && now - at < STALE_MS) return null;
  return (
    <p className="wall-stale" role="alert">
      <StateMark state="alarm" color="--on-stale" /> {t("live.staleSince", { time: timeOfDay(new Date(at).toISOString(), i18n.language, timeZone) })}
    </p>
  );
}
