import type { ReportLine } from "@lingtong/api";
import type { Course, ReportColumn, ReportDraft } from "@lingtong/model";
import { parseTime } from "@lingtong/model";
import type { ReactElement } from "react";
import { ReportTable } from "./ReportTable";
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
  const rows = course.lines.flatMap((line) =>
    line === null ? [] : [{ key: line.from, head: format.place(shown.every, parseTime(line.from), oneDay), line }],
  );
  return (
    <ReportTable
      id="course"
      title={t("courseOf", { name: subjectName(t, language, sum.subject), every: t(`every.${shown.every}`) })}
      extra={<span className="faint">{t("onlyBusy")}</span>}
      corner={t("interval")}
      draft={draft}
      columns={columns}
      rows={rows}
      timed
      foot={{ key: "whole", head: t("whole"), line: sum }}
    />
  );
}
