import { Panel, Plot, type PlotSeries } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "../planner/useFigures";

const PLOTS = {
  service_level: { title: "level", most: 1 },
  wait_p90_s: { title: "wait", most: null },
  abandon_share: { title: "abandon", most: null },
  occupancy: { title: "occupancy", most: 1 },
} as const;
export type PlotOf = keyof typeof PLOTS;

/** An interval of one side's day. */
export type PlottedInterval = { from: string } & Partial<Record<PlotOf, number | null>>;

/** One of the days that are held against each other. */
export interface PlottedDay<Interval extends { from: string } = PlottedInterval> {
  name: string;
  color: string;
  dashed?: boolean;
  intervals: readonly Interval[];
}

/** All intervals of some days. */
export function placesOf(days: readonly PlottedDay<{ from: string }>[]): string[] {
  return [...new Set(days.flatMap((day) => day.intervals.map((one) => one.from)))].sort();
}

/** A figure of each interval of each day. */
export function seriesOf<Interval extends { from: string }>(days: readonly PlottedDay<Interval>[], value: (interval: Interval) => number | null | undefined): PlotSeries[] {
  const places = placesOf(days);
  return days.map(({ intervals, ...look }) => ({
    ...look,
    values: places.map((from) => {
      const interval = intervals.find((one) => one.from === from);
      return interval === undefined ? null : (value(interval) ?? null);
    }),
  }));
}

/** Days by intervals, all of them in one plot for each figure. */
export function DayPlots({ days, plots }: { days: readonly PlottedDay[]; plots: readonly PlotOf[] }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { percent, seconds } = useFigures();
  return (
    <>
      {plots.map((of) => {
        const { title, most } = PLOTS[of];
        const words = t(`rehearsal.plot.${title}`);
        return (
          <Panel key={of} title={words}>
            <Plot
              label={words}
              kind="line"
              places={placesOf(days)}
              {...(most === null ? {} : { most })}
              missing="–"
              format={of === "wait_p90_s" ? seconds : percent}
              series={seriesOf(days, (interval) => interval[of])}
            />
          </Panel>
        );
      })}
    </>
  );
}
