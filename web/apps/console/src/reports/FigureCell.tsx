import type { ReportLine } from "@lingtong/api";
import { changeOf, drillOf, toneOf, type ReportBy, type ReportColumn, type ServiceLevelId } from "@lingtong/model";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { Format } from "./useFormat";
import type { ReportWords } from "./words";

interface FigureCellProps {
  by: ReportBy;
  column: ReportColumn;
  level: ServiceLevelId;
  line: ReportLine;
  /** The same of the period before, where it is compared. */
  before: ReportLine | undefined;
  compare: boolean;
  format: Format;
  t: ReportWords;
}

/** One figure: a link to the interactions that it counts, and how it changed. */
export function FigureCell({ by, column, level, line, before, compare, format, t }: FigureCellProps): ReactElement {
  const value = column.value(line, level);
  const shown = format.figure(column.unit, value);
  const earlier = before === undefined ? null : column.value(before, level);
  const change = compare ? changeOf(column, value, earlier) : null;
  const tone = change === null ? null : toneOf(column, change);
  const figure = column.under;
  const name = t(`name.${column.id}`);
  const counted = column.unit === "count";
  const opens =
    figure === null || value === null || (value === 0 && column.unit !== "share") ? null : counted ? t("opens", { count: value, figure: name }) : t("opensSome", { figure: name });
  return (
    <td className="right num">
      {opens === null || figure === null ? (
        <span className={value === null || value === 0 ? "faint" : undefined}>{shown}</span>
      ) : (
        <Link to="/interactions" search={drillOf(by, line, figure)} className="report-figure" title={opens} data-figure={figure}>
          {shown}
        </Link>
      )}
      {!compare ? null : (
        <span className="report-change" data-tone={tone} title={t("wasBefore", { value: format.figure(column.unit, earlier) })}>
          {change === null ? "–" : format.change(column.unit, change)}
        </span>
      )}
    </td>
  );
}
