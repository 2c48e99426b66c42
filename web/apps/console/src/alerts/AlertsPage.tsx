import type { AlertEntry } from "@lingtong/api";
import { titleIn, touchesAlerts } from "@lingtong/model";
import { EmptyState, exactTime, Panel, RelativeTime, useLocality } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import { Segmented } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { ListTable } from "../list/ListTable";
import { usePages } from "../list/usePages";
import { useServices } from "../services";
import { useTitle } from "../useTitle";
import { useTouched } from "../useTouched";
import { useAlertSentence } from "./useAlertSentence";
import "./alerts.css";

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
  const { api } = useServices();
  useTitle(t("alerts.history"));
  const [state, setState] = useState<(typeof SHOWN)[number]>("");
  const list = usePages(["alerts", state], (slice, signal) => api.alerts({ state, ...slice }, signal));
  useTouched(["alerts"], touchesAlerts);
  const setUp = (
    <Link to="/settings/$kind" params={{ kind: "threshold" }}>
      {t("alerts.setThresholds")}
    </Link>
  );
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
        <ListTable
          list={list}
          columns={(["raised", "worst", "what", "threshold", "seen", "cleared"] as const).map((column) => t(`alerts.${column}`))}
          row={(alert) => <Row key={alert.id} alert={alert} />}
          empty={
            <EmptyState title={t("alerts.none")} action={setUp}>
              {t("alerts.noneText")}
            </EmptyState>
          }
        />
      </Panel>
    </div>
  );
}
