import { toApiError, type Delivery, type DeliveryStatus } from "@lingtong/api";
import { may } from "@lingtong/model";
import { EmptyState, exactTime, NoPermission, Panel, RelativeTime, useLocality } from "@lingtong/ui";
import { useMutation } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { ListTable } from "../list/ListTable";
import { usePages } from "../list/usePages";
import { useServices } from "../services";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { KindNav } from "./SettingsPage";
import "./settings.css";

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
  const { outbound } = useServices();
  const me = useMe();
  const [status, setStatus] = useState<DeliveryStatus | "">("");
  const list = usePages(["deliveries", status], (slice, signal) => outbound.deliveries({ status, ...slice }, signal), REFRESH_MS);
  const retry = useMutation({ mutationFn: (id: string) => outbound.retry(id), onSettled: list.refresh });
  const again = may(me, "settings.write")
    ? (id: string): void => {
        retry.mutate(id);
      }
    : null;
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
      <ListTable
        list={list}
        columns={columns.map((column) => t(`deliveries.column.${column}`))}
        acts
        row={(delivery) => <Row key={delivery.id} delivery={delivery} again={again} />}
        empty={<EmptyState title={t("deliveries.none")}>{t("deliveries.noneText")}</EmptyState>}
      />
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
