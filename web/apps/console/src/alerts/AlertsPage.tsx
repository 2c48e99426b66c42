import { toApiError, type AlertEntry } from "@lingtong/api";
import { titleIn, touchesAlerts } from "@lingtong/model";
import { EmptyState, ErrorState, exactTime, Panel, RelativeTime, Skeleton, useLocality } from "@lingtong/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useTitle } from "../useTitle";
import { useTouched } from "../useTouched";
import { useAlertSentence } from "./useAlertSentence";
import "../interactions/interactions.css";
import "./alerts.css";

const PAGE_SIZE = 50;
const SHOWN = ["", "standing", "cleared"] as const;

function Row({ alert }: { alert: AlertEntry }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const sentence = useAlertSentence();
  const time = (at: string | null | undefined): ReactElement | null =>
    typeof at === "string" ? <span title={exactTime(at, i18n.language, timeZone)}>{exactTime(at, i18n.language, timeZone)}</span> : null;
  return (
    <tr>
      <td className="num">{time(alert.since)}</td>
      <td>
        <span className="alert-level" data-level={alert.worst}>
          {t(`alerts.level.${alert.worst}`)}
        </span>
      </td>
      <td>{sentence(alert)}</td>
      <td>{titleIn(alert.title, i18n.language) || alert.threshold}</td>
      <td>
        {typeof alert.acknowledged_at === "string" ? (
          <>
            {alert.acknowledged_by} · <RelativeTime at={alert.acknowledged_at} />
          </>
        ) : (
          <span className="faint">–</span>
        )}
      </td>
      <td className="num">{time(alert.cleared_at) ?? t("alerts.stands")}</td>
    </tr>
  );
}

/** Every alert that was raised, the newest first: how bad, who looked after it, and when it was over. */
export function AlertsPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api, queries } = useServices();
  useTitle(t("alerts.history"));
  const [state, setState] = useState<(typeof SHOWN)[number]>("");
  const query = useInfiniteQuery({
    queryKey: ["alerts", state],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => api.alerts({ state, cursor: pageParam, limit: PAGE_SIZE }, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  useTouched(["alerts"], touchesAlerts);
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page page-fill">
      <h1 className="sr-only">{t("alerts.history")}</h1>
      <Panel className="list-panel">
        <div className="filter-bar" role="search" aria-label={t("alerts.filter")}>
          <Segmented
            aria-label={t("alerts.filter")}
            value={state}
            options={SHOWN.map((one) => ({ value: one, label: t(`alerts.state.${one === "" ? "all" : one}`) }))}
            onChange={setState}
          />
          <Link to="/live" className="alerts-back">
            {t("alerts.wall")}
          </Link>
        </div>
        {query.isPending ? (
          <Skeleton rows={10} height={20} />
        ) : query.error !== null && rows.length === 0 ? (
          <ErrorState error={toApiError(query.error)} retry={() => void queries.invalidateQueries({ queryKey: ["alerts"] })} />
        ) : rows.length === 0 ? (
          <EmptyState title={t("alerts.none")} action={<Link to="/settings/$kind" params={{ kind: "threshold" }}>{t("alerts.setThresholds")}</Link>}>
            {t("alerts.noneText")}
          </EmptyState>
        ) : (
          <div className="table-scroll">
            <table className="data-table">
              <thead>
                <tr>
                  <th scope="col">{t("alerts.raised")}</th>
                  <th scope="col">{t("alerts.worst")}</th>
                  <th scope="col">{t("alerts.what")}</th>
                  <th scope="col">{t("alerts.threshold")}</th>
                  <th scope="col">{t("alerts.seen")}</th>
                  <th scope="col">{t("alerts.cleared")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((alert) => (
                  <Row key={alert.id} alert={alert} />
                ))}
              </tbody>
            </table>
            {query.hasNextPage ? (
              <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("alerts.older")}
              </Button>
            ) : null}
          </div>
        )}
      </Panel>
    </div>
  );
}
