import type { ReportLine } from "@lingtong/api";
import type { ReportColumn, ReportDraft } from "@lingtong/model";
import { Panel } from "@lingtong/ui";
import type { ReactElement } from "react";
import { FigureCell } from "./FigureCell";
import { useFormat } from "./useFormat";
import type { Shown } from "./useReport";
import { subjectName, useReportWords } from "./words";

interface SumTableProps {
  draft: ReportDraft;
  shown: Shown;
  sums: readonly ReportLine[];
  columns: readonly ReportColumn[];
  focus: (subject: string) => void;
}

/** The whole period, a line for each subject. A subject's name shows it by interval. */
export function SumTable({ draft, shown, sums, columns, focus }: SumTableProps): ReactElement {
  const { t, language } = useReportWords();
  const format = useFormat();
  const { before } = shown;
  return (
    <Panel
      title={t("sumsOf", { by: t(`by.${draft.by}`) })}
      extra={
        draft.compare ? (
          <span className="faint num">{t("before", { from: format.moment(before.from), to: format.moment(before.to) })}</span>
        ) : undefined
      }
    >
      <div className="report-scroll">
        <table className="data-table report-table" data-table="sums">
          <thead>
            <tr>
              <th scope="col">{t("subject")}</th>
              {columns.map((column) => (
                <th key={column.id} scope="col" className="right" title={t(`about.${column.id}`)}>
                  {t(`name.${column.id}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sums.map((line) => {
              const name = subjectName(t, language, line.subject);
              const here = line.subject.id === shown.focus?.subject.id;
              return (
                <tr key={line.subject.id} data-selected={here}>
                  <th scope="row">
                    <button
                      type="button"
                      className="link-button"
                      aria-pressed={here}
                      title={t("show", { name })}
                      onClick={() => {
                        focus(line.subject.id);
                      }}
                    >
                      {name}
                    </button>
                  </th>
                  {columns.map((column) => (
                    <FigureCell
                      key={column.id}
                      by={draft.by}
                      column={column}
                      level={draft.level}
                      line={line}
                      before={shown.sumsBefore.get(line.subject.id)}
                      compare={draft.compare}
                      format={format}
                      t={t}
                    />
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {draft.by === "direction" ? null : <p className="report-note faint">{t("noAddUp")}</p>}
    </Panel>
  );
}
