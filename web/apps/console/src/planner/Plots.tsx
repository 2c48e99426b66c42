import type { SitePlan } from "@lingtong/api";
import { Panel, Plot } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "./useFigures";

/** A wait this much longer than the target, at least this long, seconds, runs out of the plot: it would flatten all else. */
const FAR = { times: 4, least_s: 30 } as const;

interface PlotsProps {
  plan: SitePlan;
  /** The share that is aimed at, and within how many seconds. */
  goal: number;
  target: number;
}

/** What one seat more or fewer gives, and the seats of the day. */
export function Plots({ plan, goal, target }: PlotsProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { percent, seconds, count } = useFigures();
  const { curve, intervals } = plan;
  const places = curve.map((point) => String(point.agents));
  const mark = curve.findIndex((point) => point.agents === plan.seats);
  const waits = curve.map((point) => point.asa_s ?? null);
  const far = Math.max(FAR.least_s, target * FAR.times);
  const longest = Math.max(0, ...waits.map((wait) => wait ?? far));
  const have = plan.of_seats?.seats;
  return (
    <>
      <div className="plan-pair">
        <Panel title={t("planner.plot.level")}>
          <Plot
            label={`${t("planner.plot.level")}. ${t("planner.plot.here")}`}
            kind="line"
            places={places}
            mark={mark}
            most={1}
            format={percent}
            goal={{ value: goal, name: t("planner.plot.goal", { value: percent(goal) }) }}
            series={[
              { name: t("planner.plot.levelName"), values: curve.map((point) => point.service_level), color: "--accent" },
              { name: t("planner.plot.occupancyName"), values: curve.map((point) => point.occupancy), color: "--ink-3", dashed: true },
            ]}
          />
        </Panel>
        <Panel title={t("planner.plot.asa")}>
          <Plot
            label={`${t("planner.plot.asa")}. ${t("planner.plot.here")}`}
            kind="line"
            places={places}
            mark={mark}
            {...(longest > far ? { most: far } : {})}
            format={seconds}
            series={[{ name: t("planner.plot.asaName"), values: waits, color: "--queued" }]}
          />
        </Panel>
      </div>
      <Panel title={t("planner.plot.day")}>
        <Plot
          label={t("planner.plot.day")}
          kind="step"
          places={intervals.map((interval) => interval.from)}
          format={count}
          {...(have === undefined ? {} : { goal: { value: have, name: t("planner.plot.have", { value: have }) } })}
          series={[
            { name: t("planner.plot.agents"), values: intervals.map((interval) => interval.agents), color: "--accent" },
            {
              name: t("planner.plot.scheduled"),
              values: intervals.map((interval) => interval.agents_scheduled),
              color: "--ink-3",
              dashed: true,
            },
          ]}
        />
      </Panel>
    </>
  );
}
