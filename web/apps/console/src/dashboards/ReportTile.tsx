import type { ReportLine, TileContent } from "@lingtong/api";
import { changeOf, columnsOf, reportToSearch, toneOf, type ReportColumn, type ReportDraft } from "@lingtong/model";
import { ErrorState, Plot, Skeleton } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import { useMemo, type ReactElement } from "react";
import { useFormat } from "../reports/useFormat";
import { useReport, type Shown } from "../reports/useReport";
import { subjectName, useReportWords } from "../reports/words";
import { draftOf, useBoardWords } from "./words";

/** A dashboard is looked at for long, and a quarter of an hour is what figures are kept by. */
const AGAIN_MS = 60_000;
/** Intervals within a day and a half are told by the time of day alone. */
const ONE_DAY_MS = 36 * 3_600_000;

type Content = Extract<TileContent, { kind: "report" }>;

interface PartProps {
  draft: ReportDraft;
  column: ReportColumn;
  shown: Shown;
  height: number;
}

function FigurePart({ draft, column, shown }: PartProps): ReactElement {
  const { t, language } = useReportWords();
  const format = useFormat();
  const line = shown.focus;
  const value = line === undefined ? null : column.value(line, draft.level);
  const earlier = line === undefined ? undefined : shown.sumsBefore.get(line.subject.id);
  const change = earlier === undefined ? null : changeOf(column, value, column.value(earlier, draft.level));
  return (
    <p className="tile-figure">
      <b className="num">{format.figure(column.unit, value)}</b>
      {change === null ? null : (
        <span className="report-change num" data-tone={toneOf(column, change)} title={t("compare")}>
          {format.change(column.unit, change)}
        </span>
      )}
      <span className="faint">{line === undefined ? "" : subjectName(t, language, line.subject)}</span>
    </p>
  );
}

function CoursePart({ draft, column, shown, height }: PartProps): ReactElement {
  const { t, language } = useReportWords();
  const format = useFormat();
  const { course, every, span, focus } = shown;
  if (course === undefined || focus === undefined) return <Skeleton rows={4} />;
  const oneDay = span.to - span.from <= ONE_DAY_MS;
  const counted = column.unit === "count";
  const name = t(`name.${column.id}`);
  return (
    <Plot
      label={`${name}. ${t("plot.here")}`}
      kind={counted ? "step" : "line"}
      height={height}
      places={course.starts.map((start) => format.place(every, start, oneDay))}
      format={(value) => format.figure(column.unit, value)}
      missing={t("plot.missing")}
      {...(column.unit === "share" ? { most: 1 } : { least: counted ? 1 : 1000 })}
      series={[
        {
          name: subjectName(t, language, focus.subject),
          values: course.lines.map((line) => (line === null ? (counted ? 0 : null) : column.value(line, draft.level))),
          color: "--accent",
        },
      ]}
    />
  );
}

/** Bars from the longest down; a share is held against one, all else against the longest. */
function RankingPart({ draft, column, shown }: PartProps): ReactElement {
  const { t, language } = useReportWords();
  const format = useFormat();
  const rows = useMemo(() => {
    const value = (line: ReportLine): number | null => column.value(line, draft.level);
    return (shown.sums ?? []).map((line) => ({ line, value: value(line) })).sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
  }, [column, draft.level, shown.sums]);
  const most = column.unit === "share" ? 1 : Math.max(1, ...rows.map(({ value }) => value ?? 0));
  return (
    <table className="tile-ranking">
      <tbody>
        {rows.map(({ line, value }) => (
          <tr key={line.subject.id}>
            <th scope="row">{subjectName(t, language, line.subject)}</th>
            <td className="tile-bar" aria-hidden="true">
              <i style={{ width: `${String(((value ?? 0) / most) * 100)}%` }} />
            </td>
            <td className="num right">{format.figure(column.unit, value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const PARTS = { figure: FigurePart, course: CoursePart, ranking: RankingPart } as const;

/** A part of a report, asked for again every minute. */
export function ReportTile({ shows, height }: { shows: Content; height: number }): ReactElement {
  const { t } = useBoardWords();
  const draft = useMemo(() => draftOf(shows.query), [shows.query]);
  const columns = columnsOf(draft.by);
  const column = columns.find((one) => one.id === shows.column) ?? columns[0];
  const shown = useReport(draft, { course: shows.form === "course", againMs: AGAIN_MS });
  if (shown.error !== null) return <ErrorState error={shown.error} retry={shown.refresh} />;
  if (shown.sums === undefined || column === undefined) return <Skeleton rows={shows.form === "figure" ? 1 : 4} />;
  if (shown.sums.length === 0) return <p className="faint tile-empty">{t("nothing")}</p>;
  const Part = PARTS[shows.form];
  return <Part draft={draft} column={column} shown={shown} height={height} />;
}

/** The way to the report itself. */
export function ReportLink({ shows }: { shows: Content }): ReactElement {
  const { t } = useBoardWords();
  return (
    <Link to="/reports" search={reportToSearch(draftOf(shows.query))} className="tile-link">
      {t("openReport")}
    </Link>
  );
}
