import type { Alarm } from "@lingtong/api";
import { may, type Alerts } from "@lingtong/model";
import { Panel, RelativeTime, StateMark } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import { memo, useMemo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { AlertRows } from "../alerts/AlertRows";
import { useMe } from "../useMe";
import { alarmText } from "./alarmText";

export function isCleared(alarm: Alarm): boolean {
  return typeof alarm.cleared_at === "string";
}

/** Alerts and alarms as a quiet column: figures that have passed a threshold, then what the server itself says. */
export const AlarmsPanel = memo(function AlarmsPanel({ alarms, alerts }: { alarms: readonly Alarm[]; alerts: Alerts }): ReactElement {
  const me = useMe();
  const { t } = useTranslation(["console", "ui"]);
  // What still stands comes before what is over; each in the order of its news.
  const ordered = useMemo(() => [...alarms].sort((a, b) => Number(isCleared(a)) - Number(isCleared(b))), [alarms]);
  return (
    <Panel
      className="alarms-panel"
      title={t("live.alarms")}
      extra={
        <span className="alarms-links">
          <Link to="/live/alerts">{t("live.history")}</Link>
          {may(me, "settings.read") ? (
            <Link to="/settings/$kind" params={{ kind: "threshold" }}>
              {t("live.thresholds")}
            </Link>
          ) : null}
        </span>
      }
    >
      <AlertRows alerts={alerts} />
      {alarms.length === 0 && alerts.size > 0 ? null : alarms.length === 0 ? (
        <p className="alarms-none faint">{t("live.noAlarms")}</p>
      ) : (
        <ul className="alarm-rows" aria-live="polite">
          {ordered.map((alarm) => {
            const cleared = isCleared(alarm);
            return (
              <li key={alarm.id} data-cleared={cleared}>
                <StateMark state={cleared ? "ending" : "alarm"} />
                <div>
                  <p>{alarmText(t, alarm.code)}</p>
                  <p className="faint">{alarm.message}</p>
                  <p className="faint">
                    {cleared ? `${t("live.cleared")} · ` : ""}
                    <RelativeTime at={alarm.cleared_at ?? alarm.since} />
                  </p>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
});
