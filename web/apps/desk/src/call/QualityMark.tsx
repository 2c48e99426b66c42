import type { Quality } from "@lingtong/phone";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

const BARS: Readonly<Record<Quality["grade"], number>> = { good: 3, fair: 2, poor: 1 };

/** The line as bars and a word; its figures on hover. */
export function QualityMark({ quality }: { quality: Quality }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const bars = BARS[quality.grade];
  const figures = t("quality.figures", {
    loss: quality.lossPct.toFixed(1),
    jitter: Math.round(quality.jitterMs),
    rtt: quality.rttMs === null ? "–" : Math.round(quality.rttMs),
  });
  return (
    <span className="quality" data-grade={quality.grade} title={figures}>
      <svg viewBox="0 0 16 12" width="16" height="12" aria-hidden="true">
        {[4, 8, 12].map((height, index) => (
          <rect key={height} x={index * 6} y={12 - height} width="4" height={height} rx="1" opacity={index < bars ? 1 : 0.25} />
        ))}
      </svg>
      <span>{quality.silent ? t("quality.silent") : t(`quality.${quality.grade}`)}</span>
    </span>
  );
}
