import type { Alarm } from "@lingtong/api";
import { Panel, RelativeTime, StateMark } from "@lingtong/ui";
import { memo, useMemo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { alarmText } from "./alarmText";

export function isCleared(alarm: Alarm): boolean {
  return typeof alarm.cleared_at === "string";
}

/** Alarms as a quiet column: each in words, with the server's own sentence below. */
export const AlarmsPanel = memo(function AlarmsPanel({ alarms }: { alarms: readonly Alarm[] }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  // What still stands comes before what is over; each in the order of its news.
  const ordered = useMemo(() => [...alarms].sort((a, b) => Number(isCleared(a)) - Number(isCleared(b))), [alarms]);
  return (
    <Panel className="alarms-panel" title={t("live.alarms")}>
      {alarms.length === 0 ? (
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
