import { filterFromSearch, filterToSearch, NO_FILTER, type InteractionFilter } from "@lingtong/model";
import { EmptyState, ErrorState, Panel, Skeleton, useKeys, useLocality } from "@lingtong/ui";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense, useCallback, useMemo, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useTitle } from "../useTitle";
import { FilterBar } from "./FilterBar";
import { InteractionTable } from "./InteractionTable";
import { useInteractions, type InteractionList } from "./useInteractions";
import "../list/list.css";
import "./interactions.css";

// Only who comes from a report needs it, with the words of reports.
const UnderChip = lazy(() => import("../reports/UnderChip"));

function focusRow(id: string): void {
  document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus();
}

function Empty({ filter, change }: { filter: InteractionFilter; change: (part: Partial<InteractionFilter>) => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const narrowed = JSON.stringify({ ...filter, period: "", from: "", to: "" }) !== JSON.stringify({ ...NO_FILTER, period: "" });
  return (
    <EmptyState
      title={t(narrowed ? "list.noMatch" : "list.empty")}
      action={
        narrowed || filter.period !== "all" ? (
          <Button
            onClick={() => {
              change({ ...NO_FILTER, period: "all" });
            }}
          >
            {t("list.showAll")}
          </Button>
        ) : undefined
      }
    >
      {t(narrowed ? "list.noMatchText" : "list.emptyText")}
    </EmptyState>
  );
}

function More({ list }: { list: InteractionList }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <div className="list-foot">
      <span className="faint num">{t("list.shown", { count: list.items.length })}</span>
      {list.hasMore ? (
        <Button loading={list.loadingMore} onClick={list.more}>
          {t("list.more")}
        </Button>
      ) : (
        <span className="faint">{t("list.end")}</span>
      )}
    </div>
  );
}

/** The list of interactions with its filters. */
export function InteractionsPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  useTitle(t("page.interactions"));
  const search = useSearch({ from: "/shell/interactions" });
  const navigate = useNavigate({ from: "/interactions" });
  const filter = useMemo(() => filterFromSearch(search), [search]);
  const list = useInteractions(filter, timeZone);
  const [selected, setSelected] = useState("");
  const change = useCallback(
    (part: Partial<InteractionFilter>) => {
      void navigate({ search: (before) => filterToSearch({ ...filterFromSearch(before), ...part }), replace: true });
    },
    [navigate],
  );
  const move = (step: 1 | -1): void => {
    const at = list.items.findIndex((item) => item.id === selected);
    const next = list.items[Math.max(0, at + step)];
    if (next === undefined) {
      if (list.hasMore && !list.loadingMore) list.more();
      return;
    }
    setSelected(next.id);
    focusRow(next.id);
  };
  useKeys({
    j: () => {
      move(1);
    },
    k: () => {
      move(-1);
    },
    r: list.refresh,
  });
  return (
    <div className="page page-fill">
      <h1 className="sr-only">{t("page.interactions")}</h1>
      <Panel className="list-panel">
        <FilterBar filter={filter} change={change} refresh={list.refresh} refreshing={list.refreshing} />
        {filter.figure === "" ? null : (
          <Suspense fallback={null}>
            <UnderChip
              filter={filter}
              clear={() => {
                change({ by: "", subject: "", figure: "" });
              }}
            />
          </Suspense>
        )}
        {list.newer > 0 ? (
          <button type="button" className="list-newer" onClick={list.refresh}>
            {t("list.newer", { count: list.newer })}
          </button>
        ) : null}
        {list.loading ? (
          <Skeleton rows={14} height={20} />
        ) : list.items.length === 0 ? (
          list.error === null ? (
            <Empty filter={filter} change={change} />
          ) : (
            <ErrorState error={list.error} retry={list.refresh} />
          )
        ) : (
          <>
            <div className="table-scroll" data-scroll-restoration-id="interactions">
              <InteractionTable items={list.items} selected={selected} select={setSelected} />
            </div>
            {list.error === null ? <More list={list} /> : <ErrorState error={list.error} retry={list.more} />}
          </>
        )}
      </Panel>
    </div>
  );
}
