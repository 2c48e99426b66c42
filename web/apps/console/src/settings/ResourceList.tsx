import { toApiError, type Resource } from "@lingtong/api";
import type { Field, Kind } from "@lingtong/model";
import { EmptyState, ErrorState, Panel, Skeleton, useKeys } from "@lingtong/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input, type InputRef } from "antd";
import { PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { useRef, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useSettled } from "../useSettled";
import { Cell } from "./Cell";

const PAGE_SIZE = 100;
const PAUSE_MS = 200;

function Table({ kind, rows, open }: { kind: Kind; rows: Resource[]; open: string | undefined }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const columns = kind.columns.map((path) => kind.fields.find((field) => field.path === path)).filter((f): f is Field => f !== undefined);
  return (
    <div className="table-scroll">
      <table className="data-table">
        <thead>
          <tr>
            <th scope="col">{t(`settings.name.${kind.id}`)}</th>
            {columns.map((field) => (
              <th key={field.path} scope="col">
                {t(`settings.field.${field.word}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} data-selected={row.name === open}>
              <td>
                <Link to="/settings/$kind" params={{ kind: kind.id }} search={{ open: row.name }} className="row-link num" aria-current={row.name === open}>
                  {row.name}
                </Link>
              </td>
              {columns.map((field) => (
                <td key={field.path} className="settings-cell">
                  <Cell field={field} resource={row} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ListProps {
  kind: Kind;
  open: string | undefined;
  /** Null: this person may not. */
  add: (() => void) | null;
}

/** All resources of a kind, to be searched. */
export function ResourceList({ kind, open, add }: ListProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { settings, queries } = useServices();
  const [typed, setTyped] = useState("");
  const q = useSettled(typed.trim(), PAUSE_MS);
  const box = useRef<InputRef>(null);
  const query = useInfiniteQuery({
    queryKey: ["settings", kind.id, "list", q],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => settings.list(kind.id, { q, cursor: pageParam, limit: PAGE_SIZE }, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  useKeys({
    "/": () => {
      box.current?.focus();
    },
    n: () => {
      add?.();
    },
  });
  const addButton =
    add === null || (kind.only !== undefined && rows.length > 0) ? undefined : (
      <Button type="primary" icon={<PlusOutlined />} onClick={add}>
        {t(`settings.add.${kind.id}`)}
      </Button>
    );
  return (
    <Panel className="list-panel settings-list">
      <div className="filter-bar" role="search" aria-label={t("settings.search")}>
        <Input
          ref={box}
          allowClear
          className="settings-search"
          prefix={<SearchOutlined />}
          aria-label={t("settings.search")}
          placeholder={t("settings.search")}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
        <span className="filter-refresh">{addButton}</span>
      </div>
      {query.isPending ? (
        <Skeleton rows={8} height={20} />
      ) : query.error !== null && rows.length === 0 ? (
        <ErrorState error={toApiError(query.error)} retry={() => void queries.invalidateQueries({ queryKey: ["settings", kind.id] })} />
      ) : rows.length > 0 ? (
        <>
          <Table kind={kind} rows={rows} open={open} />
          {query.hasNextPage ? (
            <div className="list-foot">
              <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("list.more")}
              </Button>
            </div>
          ) : null}
        </>
      ) : q === "" ? (
        <EmptyState title={t(`settings.empty.${kind.id}.title`)} action={addButton}>
          {t(`settings.empty.${kind.id}.text`)}
        </EmptyState>
      ) : (
        <EmptyState title={t("settings.noMatch")}>{t("settings.noMatchText")}</EmptyState>
      )}
    </Panel>
  );
}
