import type { ReportLine } from "@lingtong/api";
import { isStaff, type Course, type ReportDraft, type ReportEvery } from "@lingtong/model";
import { Panel, Plot } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useFormat } from "./useFormat";
import { useReportWords } from "./words";

interface CoursePlotsProps {
  draft: ReportDraft;
  every: ReportEvery;
  course: Course;
  oneDay: boolean;
}

/** The course of one subject over the period. */
export function CoursePlots({ draft, every, course, oneDay }: CoursePlotsProps): ReactElement {
  const { t } = useReportWords();
  const format = useFormat();
  const staff = isStaff(draft.by);
  const places = course.starts.map((start) => format.place(every, start, oneDay));
  const values = (read: (line: ReportLine) => number | null | undefined): (number | null)[] =>
    course.lines.map((line) => (line === null ? null : (read(line) ?? null)));
  const counts = (read: (line: ReportLine) => number): number[] => course.lines.map((line) => (line === null ? 0 : read(line)));
  const share = (value: number): string => format.figure("share", value);
  const count = (value: number): string => format.figure("count", value);
  const duration = (value: number): string => format.figure("duration", value);
  const label = (name: string): string => `${name}. ${t("plot.here")}`;
  const missing = t("plot.missing");
  const handle = staff ? t("plot.handleOnly") : t("plot.handle");
  return (
    <div className="report-plots">
      <Panel title={t("plot.volume")}>
        <Plot
          label={label(t("plot.volume"))}
          kind="stack"
          places={places}
          format={count}
          missing={missing}
          series={
            staff
              ? [
                  { name: t("plot.taken"), values: counts((line) => line.answered), color: "--accent" },
                  { name: t("plot.notTaken"), values: counts((line) => line.went_on), color: "--line-strong" },
                ]
              : [
                  { name: t("plot.answered"), values: counts((line) => line.answered), color: "--accent" },
                  { name: t("plot.abandoned"), values: counts((line) => line.abandoned), color: "--alarm" },
                  { name: t("plot.wentOn"), values: counts((line) => line.went_on), color: "--line-strong" },
                ]
          }
        />
      </Panel>
      {staff ? (
        <Panel title={t("plot.occupancy")}>
          <Plot
            label={label(t("plot.occupancy"))}
            kind="line"
            places={places}
            most={1}
            format={share}
            missing={missing}
            series={[{ name: t("plot.share"), values: values((line) => line.times?.occupancy), color: "--accent" }]}
          />
        </Panel>
      ) : (
        <Panel title={t("plot.level")}>
          <Plot
            label={label(t("plot.level"))}
            kind="line"
            places={places}
            most={1}
            format={share}
            missing={missing}
            series={[{ name: t("plot.share"), values: values((line) => line.service_level[draft.level]), color: "--accent" }]}
          />
        </Panel>
      )}
      <Panel title={handle}>
        <Plot
          label={label(handle)}
          kind="line"
          places={places}
          format={duration}
          missing={missing}
          series={[
            { name: t("plot.handleTime"), values: values((line) => line.handle_time_ms), color: "--accent" },
            ...(staff ? [] : [{ name: t("plot.answerSpeed"), values: values((line) => line.answer_speed_ms), color: "--queued", dashed: true }]),
          ]}
        />
      </Panel>
    </div>
  );
}
