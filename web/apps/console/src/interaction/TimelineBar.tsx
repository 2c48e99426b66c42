import type { Segment } from "@lingtong/api";
import { clock, timeline } from "@lingtong/model";
import { useMemo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { causeColor, causeText } from "./cause";

/** The call's life as one bar: every second of it has a cause. */
export function TimelineBar({ segments }: { segments: readonly Segment[] }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  const parts = useMemo(() => timeline(segments), [segments]);
  if (parts.length === 0) return null;
  return (
    <ol className="timeline" aria-label={t("detail.timeline")}>
      {parts.map((part) => (
        <li
          key={part.fromMs}
          style={{ flexGrow: part.share, ["--cause" as string]: `var(${causeColor(part.cause)})` }}
          title={`${causeText(t, part.cause)} ${clock(part.durationMs)}`}
        >
          <i aria-hidden="true" />
          <span>
            {causeText(t, part.cause)} <b className="num">{clock(part.durationMs)}</b>
          </span>
        </li>
      ))}
    </ol>
  );
}
