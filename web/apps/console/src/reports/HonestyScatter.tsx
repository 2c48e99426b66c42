import type { HonestyReport } from "@lingtong/api";
import { roundTicks } from "@lingtong/model";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

const [SIZE, PAD, TICKS, RADIUS] = [320, 40, 4, 3];
/** Waits within this share of what was promised count as kept. */
const NEAR = 0.3;

const seconds = (ms: number): number => Math.round(ms / 1000);

/** Each promise that can be judged: promised across, actual up; what is kept lies in the band. */
export function HonestyScatter({ points }: { points: HonestyReport["points"] }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const longest = Math.max(1, ...points.map((point) => Math.max(seconds(point.promised_ms), seconds(point.actual_ms))));
  const ticks = roundTicks(longest, TICKS);
  const top = ticks.at(-1) ?? longest;
  const x = (value: number): number => PAD + ((SIZE - PAD - RADIUS) * value) / top;
  const y = (value: number): number => SIZE - PAD - ((SIZE - PAD - RADIUS) * value) / top;
  const corner = top / (1 + NEAR);
  const band = [[0, 0], [top, top * (1 - NEAR)], [top, top], [corner, top]] as const;
  return (
    <svg className="honesty-scatter" viewBox={`0 0 ${String(SIZE)} ${String(SIZE)}`} role="img" aria-label={t("honesty.plot", { count: points.length })}>
      <polygon className="honesty-band" points={band.map(([across, up]) => `${String(x(across))},${String(y(up))}`).join(" ")} />
      <line className="honesty-line" x1={x(0)} y1={y(0)} x2={x(top)} y2={y(top)} />
      {ticks.map((tick) => (
        <g key={tick} className="honesty-name">
          <text x={x(tick)} y={SIZE - PAD + 14} textAnchor="middle">{tick}</text>
          <text x={PAD - 6} y={y(tick) + 4} textAnchor="end">{tick}</text>
        </g>
      ))}
      <text className="honesty-name" x={SIZE - RADIUS} y={SIZE - 6} textAnchor="end">{t("honesty.promised")}</text>
      <text className="honesty-name" x={PAD + 6} y={12}>{t("honesty.actual")}</text>
      {points.map((point, index) => (
        <circle
          key={index}
          className="honesty-point"
          data-told={point.told}
          cx={x(seconds(point.promised_ms))}
          cy={y(seconds(point.actual_ms))}
          r={RADIUS}
        >
          <title>{t("honesty.point", { promised: seconds(point.promised_ms), actual: seconds(point.actual_ms) })}</title>
        </circle>
      ))}
    </svg>
  );
}
