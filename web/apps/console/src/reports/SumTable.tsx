import type { ReportLine } from "@lingtong/api";
import type { ReportColumn, ReportDraft } from "@lingtong/model";
import type { ReactElement } from "react";
import { ReportTable } from "./ReportTable";
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
  const rows = sums.map((line) => {
    const name = subjectName(t, language, line.subject);
    const selected = line.subject.id === shown.focus?.subject.id;
    const head = (
      <button
        type="button"
        className="link-button"
        aria-pressed={selected}
        title={t("show", { name })}
        onClick={() => {
          focus(line.subject.id);
        }}
      >
        {name}
      </button>
    );
    return { key: line.subject.id, head, line, selected, before: shown.sumsBefore.get(line.subject.id) };
  });
  return (
    <ReportTable
      id="sums"
      title={t("sumsOf", { by: t(`by.${draft.by}`) })}
      extra={
        draft.compare ? (
          <span className="faint num">{t("before", { from: format.moment(before.from), to: format.moment(before.to) })}</span>
        ) : undefined
      }
      corner={t("subject")}
      draft={draft}
      columns={columns}
      rows={rows}
      compare={draft.compare}
      note={draft.by === "direction" ? null : <p className="report-note faint">{t("noAddUp")}</p>}
    />
  );
}
