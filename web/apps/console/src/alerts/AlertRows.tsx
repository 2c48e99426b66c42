import type { LiveAlert } from "@lingtong/api";
import { alertsByUrgency, isAcknowledged, may, type Alerts } from "@lingtong/model";
import { RelativeTime, StateMark } from "@lingtong/ui";
import { memo, useMemo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../useMe";
import { useAcknowledge } from "./useAcknowledge";
import { useAlertSentence } from "./useAlertSentence";
import "./alerts.css";

interface AlertRowProps {
  alert: LiveAlert;
  busy: boolean;
  acknowledge: ((id: string) => void) | null;
}

function AlertRow({ alert, busy, acknowledge }: AlertRowProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const sentence = useAlertSentence();
  const seen = isAcknowledged(alert);
  return (
    <li data-level={alert.level} data-seen={seen}>
      <StateMark state="alarm" color="--level" />
      <div>
        <p>
          <b>{t(`alerts.level.${alert.level}`)}</b> {sentence(alert)}
        </p>
        <p className="faint">
          <RelativeTime at={alert.since} />
          {seen ? (
            <>
              {" · "}
              {t("alerts.seenBy", { name: alert.acknowledged_by })} <RelativeTime at={alert.acknowledged_at ?? alert.since} />
            </>
          ) : null}
        </p>
      </div>
      {seen || acknowledge === null ? null : (
        <button
          type="button"
          className="link-button"
          disabled={busy}
          onClick={() => {
            acknowledge(alert.id);
          }}
        >
          {t("alerts.acknowledge")}
        </button>
      )}
    </li>
  );
}

/** The alerts that stand, what nobody looks after first. */
export const AlertRows = memo(function AlertRows({ alerts }: { alerts: Alerts }): ReactElement | null {
  const me = useMe();
  const { acknowledge, busy, failed } = useAcknowledge();
  const ordered = useMemo(() => alertsByUrgency(alerts.values()), [alerts]);
  if (ordered.length === 0) return null;
  return (
    <>
      {failed === null ? null : (
        <p role="alert" className="field-problem">
          {failed}
        </p>
      )}
      <ul className="alert-rows" aria-live="polite">
        {ordered.map((alert) => (
          <AlertRow key={alert.id} alert={alert} busy={busy === alert.id} acknowledge={may(me, "supervise") ? acknowledge : null} />
        ))}
      </ul>
    </>
  );
});
