import { toApiError, type Callback, type CallbackStatus } from "@lingtong/api";
import { may, titleIn, touchesCallbacks } from "@lingtong/model";
import { EmptyState, ErrorState, exactTime, Panel, RelativeTime, Skeleton, useLocality } from "@lingtong/ui";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { useTouched } from "../useTouched";
import { CallbackBadge } from "./CallbackBadge";
import "../interactions/interactions.css";

const PAGE_SIZE = 50;
const SHOWN = ["asked", "done", "given_up", "cancelled", ""] as const;
/** What can be said of one that waits; of all others, that it waits again. */
const ENDS = ["done", "given_up", "cancelled"] as const satisfies readonly CallbackStatus[];

function Row({ callback, change }: { callback: Callback; change: ((status: CallbackStatus) => void) | null }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const next = callback.status === "asked" ? ENDS : (["asked"] as const);
  return (
    <tr>
      <td title={exactTime(callback.requested_at, i18n.language, timeZone)}>
        <RelativeTime at={callback.requested_at} />
      </td>
      <td className="num callback-number">{callback.number}</td>
      <td>{titleIn(callback.queue?.title, i18n.language) || <span className="faint">–</span>}</td>
      <td>
        <CallbackBadge status={callback.status} />
      </td>
      <td className="faint">
        {typeof callback.changed_at === "string" ? (
          <>
            {callback.changed_by} · <RelativeTime at={callback.changed_at} />
          </>
        ) : null}
      </td>
      <td>
        <Link to="/interactions/$id" params={{ id: callback.interaction_id }} className="cell-link">
          {t("callbacks.call")}
        </Link>
      </td>
      <td className="right">
        {change === null
          ? null
          : next.map((status) => (
              <Button
                key={status}
                size="small"
                type={status === "done" ? "primary" : "text"}
                onClick={() => {
                  change(status);
                }}
              >
                {t(`callbacks.to.${status}`)}
              </Button>
            ))}
      </td>
    </tr>
  );
}

/** Who wants to be called back, those first who have waited longest. */
export function CallbacksPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api, queries } = useServices();
  const me = useMe();
  useTitle(t("page.callbacks"));
  const [status, setStatus] = useState<CallbackStatus | "">("asked");
  const query = useInfiniteQuery({
    queryKey: ["callbacks", status],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => api.callbacks({ status, cursor: pageParam, limit: PAGE_SIZE }, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: ["callbacks"] });
  useTouched(["callbacks"], touchesCallbacks);
  const change = useMutation({
    mutationFn: ({ id, to }: { id: string; to: CallbackStatus }) => api.setCallbackStatus(id, to),
    onSuccess: (changed) => {
      // The list follows the journal by a moment: what was just said is shown at once.
      queries.setQueriesData<typeof query.data>({ queryKey: ["callbacks"] }, (old) =>
        old === undefined
          ? old
          : {
              ...old,
              pages: old.pages.map((page) => ({
                ...page,
                items: page.items.map((one) => (one.id === changed.id ? changed : one)),
              })),
            },
      );
    },
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const allowed = may(me, "callbacks.write");
  return (
    <div className="page page-fill">
      <h1 className="sr-only">{t("page.callbacks")}</h1>
      <Panel className="list-panel">
        <div className="filter-bar" role="search" aria-label={t("callbacks.filter")}>
          <Segmented
            aria-label={t("callbacks.filter")}
            value={status}
            options={SHOWN.map((one) => ({ value: one, label: one === "" ? t("callbacks.all") : t(`callback.${one}`) }))}
            onChange={setStatus}
          />
          {change.error === null ? null : <span role="alert">{toApiError(change.error).message}</span>}
        </div>
        {query.isPending ? (
          <Skeleton rows={10} height={20} />
        ) : query.error !== null && rows.length === 0 ? (
          <ErrorState error={toApiError(query.error)} retry={() => void refresh()} />
        ) : rows.length === 0 ? (
          <EmptyState title={t(status === "asked" ? "callbacks.none" : "callbacks.noneSuch")}>{t("callbacks.noneText")}</EmptyState>
        ) : (
          <>
            <div className="table-scroll">
              <table className="data-table">
                <thead>
                  <tr>
                    <th scope="col">{t("callbacks.asked")}</th>
                    <th scope="col">{t("callbacks.number")}</th>
                    <th scope="col">{t("column.queue")}</th>
                    <th scope="col">{t("column.state")}</th>
                    <th scope="col">{t("callbacks.changed")}</th>
                    <th scope="col">{t("callbacks.call")}</th>
                    <th scope="col" className="right">
                      <span className="sr-only">{t("callbacks.actions")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((callback) => (
                    <Row
                      key={callback.id}
                      callback={callback}
                      change={
                        allowed
                          ? (to) => {
                              change.mutate({ id: callback.id, to });
                            }
                          : null
                      }
                    />
                  ))}
                </tbody>
              </table>
            </div>
            <div className="list-foot">
              <span className="faint num">{t("list.shown", { count: rows.length })}</span>
              {query.hasNextPage ? (
                <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("list.more")}
                </Button>
              ) : null}
            </div>
          </>
        )}
      </Panel>
    </div>
  );
}
