import { chosenColumns, REPORT_COLUMN_IDS, type ReportBy, type ReportColumn, type ReportColumnId, type ReportDraft } from "@lingtong/model";
import { useCallback } from "react";

const KEY = "lingtong.report.columns.";

function kept(by: ReportBy): string[] {
  try {
    return (localStorage.getItem(KEY + by) ?? "").split(",");
  } catch {
    return [];
  }
}

function keep(by: ReportBy, columns: readonly ReportColumnId[]): void {
  try {
    if (columns.length === 0) localStorage.removeItem(KEY + by);
    else localStorage.setItem(KEY + by, columns.join(","));
  } catch {
    // Storage is blocked: the choice holds as long as the address does.
  }
}

/** The columns that are shown: those of the address, else those kept on this computer, else the usual ones. */
export function useColumns(
  draft: ReportDraft,
  change: (part: Partial<ReportDraft>) => void,
): { columns: readonly ReportColumn[]; choose: (ids: readonly string[]) => void } {
  const columns = chosenColumns(draft.by, draft.columns.length > 0 ? draft.columns : kept(draft.by));
  const choose = useCallback(
    (ids: readonly string[]) => {
      const known = REPORT_COLUMN_IDS.filter((id) => ids.includes(id));
      keep(draft.by, known);
      change({ columns: known });
    },
    [draft.by, change],
  );
  return { columns, choose };
}
