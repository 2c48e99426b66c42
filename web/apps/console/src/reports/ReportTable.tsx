import type { ReportLine } from "@lingtong/api";
import type { ReportColumn, ReportDraft } from "@lingtong/model";
import { Panel } from "@lingtong/ui";
import type { ReactElement, ReactNode } from "react";
import { FigureCell } from "./FigureCell";
import { useFormat } from "./useFormat";
import { useReportWords } from "./words";

/** A line with what stands at its head. */
export interface ReportRow {
  key: string;
  head: ReactNode;
  line: ReportLine;
  /** The same in the time before, where the two are compared. */
  before?: ReportLine | undefined;
  selected?: boolean;
}

interface ReportTableProps {
  /** What it is called in the page's own marks. */
  id: "course" | "sums";
  title: string;
  extra: ReactNode;
  /** What stands above the heads of the lines. */
  corner: string;
  draft: ReportDraft;
  columns: readonly ReportColumn[];
  rows: readonly ReportRow[];
  /** Heads are times, not names. */
  timed?: boolean;
  compare?: boolean;
  /** The line below the others. */
  foot?: ReportRow;
  /** What is to be known of the figures. */
  note?: ReactNode;
}

/** Lines of figures, each of which opens its calls. */
export function ReportTable(props: ReportTableProps): ReactElement {
  const { id, title, extra, corner, draft, columns, rows, timed = false, compare = false, foot, note } = props;
  const { t } = useReportWords();
  const format = useFormat();
  const cells = (row: ReportRow): ReactElement[] =>
    columns.map((column) => (
      <FigureCell
        key={column.id}
        by={draft.by}
        column={column}
        level={draft.level}
        line={row.line}
        before={row.before}
        compare={compare}
        format={format}
        t={t}
      />
    ));
  return (
    <Panel title={title} extra={extra}>
      <div className={timed ? "report-scroll report-course" : "report-scroll"}>
        <table className="data-table report-table" data-table={id}>
          <thead>
            <tr>
              <th scope="col">{corner}</th>
              {columns.map((column) => (
                <th key={column.id} scope="col" className="right" title={t(`about.${column.id}`)}>
                  {t(`name.${column.id}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key} data-selected={row.selected}>
                <th scope="row" className={timed ? "num" : undefined}>
                  {row.head}
                </th>
                {cells(row)}
              </tr>
            ))}
          </tbody>
          {foot === undefined ? null : (
            <tfoot>
              <tr>
                <th scope="row">{foot.head}</th>
                {cells(foot)}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {note}
    </Panel>
  );
}
