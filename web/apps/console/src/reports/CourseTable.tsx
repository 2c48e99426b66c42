import type { ReportLine } from "@lingtong/api";
import type { Course, ReportColumn, ReportDraft } from "@lingtong/model";
import { parseTime } from "@lingtong/model";
import { Panel } from "@lingtong/ui";
import type { ReactElement } from "react";
import { FigureCell } from "./FigureCell";
import { useFormat } from "./useFormat";
import type { Shown } from "./useReport";
import { subjectName, useReportWords } from "./words";

interface CourseTableProps {
  draft: ReportDraft;
  shown: Shown;
  sum: ReportLine;
  course: Course;
  columns: readonly ReportColumn[];
  oneDay: boolean;
}

/** One subject by interval, with its sum below. */
export function CourseTable({ draft, shown, sum, course, columns, oneDay }: CourseTableProps): ReactElement {
  const { t, language } = useReportWords();
  const format = useFormat();
  const cells = (line: ReportLine): ReactElement[] =>
    columns.map((column) => (
      <FigureCell
        key={column.id}
        by={draft.by}
        column={column}
        level={draft.level}
        line={line}
        before={undefined}
        compare={false}
        format={format}
        t={t}
      />
    ));
  return (
    <Panel
      title={t("courseOf", { name: subjectName(t, language, sum.subject), every: t(`every.${shown.every}`) })}
      extra={<span className="faint">{t("onlyBusy")}</span>}
    >
      <div className="report-scroll report-course">
        <table className="data-table report-table" data-table="course">
          <thead>
            <tr>
              <th scope="col">{t("interval")}</th>
              {columns.map((column) => (
                <th key={column.id} scope="col" className="right" title={t(`about.${column.id}`)}>
                  {t(`name.${column.id}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {course.lines.map((line) =>
              line === null ? null : (
                <tr key={line.from}>
                  <th scope="row" className="num">
                    {format.place(shown.every, parseTime(line.from), oneDay)}
                  </th>
                  {cells(line)}
                </tr>
              ),
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t("whole")}</th>
              {cells(sum)}
            </tr>
          </tfoot>
        </table>
      </div>
    </Panel>
  );
}
