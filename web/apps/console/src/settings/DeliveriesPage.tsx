import { toApiError, type Delivery, type DeliveryStatus } from "@lingtong/api";
import { may } from "@lingtong/model";
import { EmptyState, ErrorState, exactTime, NoPermission, Panel, RelativeTime, Skeleton, useLocality } from "@lingtong/ui";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { KindNav } from "./SettingsPage";
import "../interactions/interactions.css";
import "./settings.css";

const PAGE_SIZE = 50;
/** What waits is shown as it goes on. */
const REFRESH_MS = 5_000;
const SHOWN = ["", "waiting", "sent", "failed"] as const;

function Row({ delivery, again }: { delivery: Delivery; again: ((id: string) => void) | null }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const at = delivery.ended_at ?? delivery.created_at;
  return (
    <tr>
      <td title={exactTime(at, i18n.language, timeZone)}>
        <RelativeTime at={at} />
      </td>
      <td>{t(`deliveries.kind.${delivery.kind}`)}</td>
      <td>
        {delivery.title} <span className="faint">{delivery.source}</span>
      </td>
      <td>{delivery.recipient}</td>
      <td>
        {t(`deliveries.status.${delivery.status}`)}
        {delivery.attempts > 1 ? <span className="faint"> {t("deliveries.attempts", { count: delivery.attempts })}</span> : null}
      </td>
      <td className="settings-cell faint" title={delivery.answer}>
        {delivery.answer}
      </td>
      <td className="right">
        {again === null || delivery.status === "sent" ? null : (
          <Button
            size="small"
            type="text"
            aria-label={t("deliveries.againOf", { recipient: delivery.recipient })}
            onClick={() => {
              again(delivery.id);
            }}
          >
            {t("deliveries.again")}
          </Button>
        )}
      </td>
    </tr>
  );
}

function Log(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { outbound, queries } = useServices();
  const me = useMe();
  const [status, setStatus] = useState<DeliveryStatus | "">("");
  const query = useInfiniteQuery({
    queryKey: ["deliveries", status],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => outbound.deliveries({ status, cursor: pageParam, limit: PAGE_SIZE }, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: REFRESH_MS,
  });
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: ["deliveries"] });
  const retry = useMutation({ mutationFn: (id: string) => outbound.retry(id), onSettled: refresh });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = ["at", "by", "about", "recipient", "state", "answer"] as const;
  return (
    <Panel className="list-panel">
      <div className="filter-bar" role="search" aria-label={t("deliveries.filter")}>
        <Segmented
          aria-label={t("deliveries.filter")}
          value={status}
          options={SHOWN.map((one) => ({ value: one, label: t(`deliveries.status.${one}`) }))}
          onChange={setStatus}
        />
        {retry.error === null ? null : <span role="alert">{toApiError(retry.error).message}</span>}
      </div>
      {query.isPending ? (
        <Skeleton rows={8} height={20} />
      ) : query.error !== null && rows.length === 0 ? (
        <ErrorState error={toApiError(query.error)} retry={() => void refresh()} />
      ) : rows.length === 0 ? (
        <EmptyState title={t("deliveries.none")}>{t("deliveries.noneText")}</EmptyState>
      ) : (
        <>
          <div className="table-scroll">
            <table className="data-table">
              <thead>
                <tr>
                  {columns.map((column) => (
                    <th key={column} scope="col">
                      {t(`deliveries.column.${column}`)}
                    </th>
                  ))}
                  <th scope="col" className="right">
                    <span className="sr-only">{t("callbacks.actions")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((delivery) => (
                  <Row
                    key={delivery.id}
                    delivery={delivery}
                    again={
                      may(me, "settings.write")
                        ? (id) => {
                            retry.mutate(id);
                          }
                        : null
                    }
                  />
                ))}
              </tbody>
            </table>
          </div>
          {query.hasNextPage ? (
            <div className="list-foot">
              <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("list.more")}
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Panel>
  );
}

/** What was sent by mail and webhook, what waits, and what the other side answered. */
export function DeliveriesPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  useTitle(t("deliveries.title"));
  if (!may(me, "settings.read")) return <NoPermission />;
  return (
    <div className="page settings-page">
      <h1 className="sr-only">{t("deliveries.title")}</h1>
      <KindNav />
      <div className="settings-body" data-open={false}>
        <Log />
      </div>
    </div>
  );
}
