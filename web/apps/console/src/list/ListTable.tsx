import { ErrorState, Skeleton } from "@lingtong/ui";
import { Button } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import type { Listed } from "./usePages";
import "./list.css";

interface ListTableProps<T> {
  list: Listed<T>;
  /** What stands above the columns. */
  columns: readonly string[];
  /** A last column of buttons, which is named for the ear alone. */
  acts?: boolean;
  row: (item: T) => ReactElement;
  /** What stands there when the list is empty. */
  empty: ReactElement;
}

/** A list as a table: on its way, not to be had, empty, or its rows and the way to more of them. */
export function ListTable<T>({ list, columns, acts = false, row, empty }: ListTableProps<T>): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { rows, error, more } = list;
  if (list.pending) return <Skeleton rows={10} height={20} />;
  if (error !== null && rows.length === 0) return <ErrorState error={error} retry={() => void list.refresh()} />;
  if (rows.length === 0) return empty;
  return (
    <>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
              {acts ? (
                <th scope="col" className="right">
                  <span className="sr-only">{t("list.actions")}</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>{rows.map(row)}</tbody>
        </table>
      </div>
      {more === undefined ? null : (
        <div className="list-foot">
          <span className="faint num">{t("list.shown", { count: rows.length })}</span>
          {more.has ? (
            <Button loading={more.loading} onClick={more.load}>
              {t("list.more")}
            </Button>
          ) : null}
        </div>
      )}
    </>
  );
}
