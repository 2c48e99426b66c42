import type { RehearsalResult, RehearsedDay } from "@lingtong/api";
import { Panel, Plot, type PlotSeries } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "../planner/useFigures";

const PLOTS = [
  { id: "level", of: "service_level", most: 1 },
  { id: "wait", of: "wait_p90_s", most: null },
  { id: "abandon", of: "abandon_share", most: null },
  { id: "occupancy", of: "occupancy", most: 1 },
] as const;

/** The day by intervals, today and the draft in one plot. */
export function DayPlots({ result }: { result: RehearsalResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { percent, seconds, count } = useFigures();
  const drafted = result.draft ?? null;
  const places = [...new Set([result.today, ...(drafted === null ? [] : [drafted])].flatMap((day) => day.intervals.map((one) => one.from)))].sort();
  const values = (day: RehearsedDay, of: (typeof PLOTS)[number]["of"] | "calls" | "agents"): (number | null)[] =>
    places.map((from) => day.intervals.find((one) => one.from === from)?.[of] ?? null);
  const both = (of: (typeof PLOTS)[number]["of"]): PlotSeries[] => [
    { name: t("rehearsal.side.today"), values: values(result.today, of), color: "--ink-3", dashed: drafted !== null },
    ...(drafted === null ? [] : [{ name: t("rehearsal.side.draft"), values: values(drafted, of), color: "--accent" }]),
  ];
  return (
    <div className="reh-two">
      {PLOTS.map(({ id, of, most }) => (
        <Panel key={id} title={t(`rehearsal.plot.${id}`)}>
          <Plot
            label={t(`rehearsal.plot.${id}`)}
            kind="line"
            places={places}
            {...(most === null ? {} : { most })}
            missing="–"
            format={id === "wait" ? seconds : percent}
            series={both(of)}
          />
        </Panel>
      ))}
      <Panel title={t("rehearsal.plot.agents")} className="reh-wide">
        <Plot
          label={t("rehearsal.plot.agents")}
          kind="step"
          places={places}
          format={count}
          missing="–"
          series={[
            { name: t("rehearsal.plot.calls"), values: values(result.today, "calls"), color: "--queued" },
            { name: `${t("rehearsal.plot.staff")} · ${t("rehearsal.side.today")}`, values: values(result.today, "agents"), color: "--ink-3", dashed: true },
            ...(drafted === null
              ? []
              : [{ name: `${t("rehearsal.plot.staff")} · ${t("rehearsal.side.draft")}`, values: values(drafted, "agents"), color: "--accent", dashed: true }]),
          ]}
        />
      </Panel>
    </div>
  );
}
