import { PhoneOutlined } from "@ant-design/icons";
import type { Interaction } from "@lingtong/api";
import { clock, titleIn, type DayFigures, type DayHour } from "@lingtong/model";
import { Duration, EmptyState, ErrorState, Figure, Panel, RelativeTime, Skeleton } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { usePhone } from "../hooks";
import { serverBase, useServices } from "../services";
import { useDay } from "./useDay";

const WIDTH = 210;
const HEIGHT = 76;
const FOOT = 16;

interface PlotProps {
  hours: readonly DayHour[];
  label: string;
  value: (hour: DayHour) => number;
  text: (value: number) => string;
  color: string;
}

/** Bars by hour, each with its figure; told in words to who cannot see them. */
function Plot({ hours, label, value, text, color }: PlotProps): ReactElement {
  const most = Math.max(...hours.map(value), 1);
  const step = WIDTH / Math.max(hours.length, 6);
  const told = hours.map((hour) => `${String(hour.hour)}:00 ${text(value(hour))}`).join(", ");
  return (
    <figure className="plot">
      <figcaption>{label}</figcaption>
      <svg viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT + FOOT)}`} role="img" aria-label={`${label}: ${told}`}>
        <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} stroke="var(--line-strong)" />
        {hours.map((hour, index) => {
          const height = (value(hour) / most) * (HEIGHT - 18);
          const x = index * step + step * 0.2;
          return (
            <g key={hour.hour}>
              <rect x={x} y={HEIGHT - height} width={step * 0.6} height={height} rx="3" fill={`var(${color})`} />
              {value(hour) === 0 ? null : (
                <text x={x + step * 0.3} y={HEIGHT - height - 5} textAnchor="middle">
                  {text(value(hour))}
                </text>
              )}
              <text x={x + step * 0.3} y={HEIGHT + FOOT - 3} textAnchor="middle" className="plot-hour">
                {hour.hour}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

const DASH = "–";

function Figures({ figures }: { figures: DayFigures }): ReactElement {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const share = new Intl.NumberFormat(i18n.language, { style: "percent" });
  return (
    <div className="day-figures">
      <Figure label={t("day.answered")}>{figures.answered}</Figure>
      <Figure label={t("day.missed")} {...(figures.missed > 0 ? { tone: "--alarm" } : {})}>
        {figures.missed}
      </Figure>
      <Figure label={t("day.aht")}>{figures.ahtMs === null ? DASH : clock(figures.ahtMs)}</Figure>
      <Figure label={t("day.wrapUp")}>{figures.wrapUpEachMs === null ? DASH : clock(figures.wrapUpEachMs)}</Figure>
      <Figure label={t("day.talk")}>{clock(figures.talkMs)}</Figure>
      <Figure label={t("day.occupancy")}>{figures.occupancy === null ? DASH : share.format(figures.occupancy)}</Figure>
    </div>
  );
}

/** The day's calls, newest first: those that were missed can be called back. */
function Calls({ calls }: { calls: readonly Interaction[] }): ReactElement {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const { phone } = useServices();
  const { mode } = usePhone();
  return (
    <section className="day-calls" aria-label={t("day.calls")}>
      <h3>{t("day.calls")}</h3>
      <ul>
        {calls.map((one) => {
          const number = one.direction === "outbound" ? one.to : one.from;
          const missed = one.missed === true;
          const queue = titleIn(one.queue?.title, i18n.language);
          const said = titleIn(one.disposition_title, i18n.language);
          return (
            <li key={one.id} data-missed={missed}>
              <RelativeTime at={one.started_at} />
              <a className="num" href={new URL(`interactions/${one.id}`, serverBase()).href} target="lingtong-console">
                {number === "" ? t("card.withheld") : number}
              </a>
              <span className="faint">{queue === "" ? t(`direction.${one.direction}`) : queue}</span>
              <span className="day-call-what">{missed ? t("day.missedOne") : said === "" ? <Duration ms={one.talk_ms} /> : said}</span>
              {mode === "ready" && /^\+?\d+$/.test(number) ? (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={t("day.callBack", { number })}
                  title={t("day.callBack", { number })}
                  onClick={() => void phone.dial(number)}
                >
                  <PhoneOutlined />
                </button>
              ) : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The agent's day so far: what the desk shows while nobody calls. */
export function DayPanel(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { figures, calls, error, retry } = useDay();
  return (
    <Panel title={t("day.title")} className="day">
      {figures === null ? (
        error === null ? (
          <Skeleton rows={7} />
        ) : (
          <ErrorState error={error} retry={retry} />
        )
      ) : (
        <>
          <Figures figures={figures} />
          {figures.hours.length === 0 ? (
            <EmptyState title={t("day.none")}>{t("day.noneText")}</EmptyState>
          ) : (
            <div className="plots">
              <Plot
                hours={figures.hours}
                label={t("day.byHour")}
                value={(hour) => hour.answered}
                text={String}
                color="--accent"
              />
              <Plot
                hours={figures.hours}
                label={t("day.ahtByHour")}
                value={(hour) => (hour.answered === 0 ? 0 : (hour.talkMs + hour.wrapUpMs) / hour.answered)}
                text={clock}
                color="--talking"
              />
              <Plot
                hours={figures.hours}
                label={t("day.missedByHour")}
                value={(hour) => hour.missed}
                text={String}
                color="--alarm"
              />
            </div>
          )}
          {calls.length === 0 ? null : <Calls calls={calls} />}
        </>
      )}
    </Panel>
  );
}
