import { alertsByUrgency, isAcknowledged, may } from "@lingtong/model";
import { StateMark } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useLivePart } from "../useLive";
import { useMe } from "../useMe";
import { useAcknowledge } from "./useAcknowledge";
import { useAlertSentence } from "./useAlertSentence";
import "./alerts.css";

/** The alert that nobody looks after yet, in every page of those who may. */
export function AlertNotice(): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  const alerts = useLivePart((board) => board?.alerts);
  const sentence = useAlertSentence();
  const { acknowledge, busy, failed } = useAcknowledge();
  if (alerts === undefined || !may(me, "supervise")) return null;
  const open = alertsByUrgency(alerts.values()).filter((alert) => !isAcknowledged(alert));
  const [first] = open;
  if (first === undefined) return null;
  return (
    <div className="alert-notice" data-level={first.level} role={first.level === "critical" ? "alert" : "status"}>
      <StateMark state="alarm" color="--level" />
      <span className="alert-notice-text">
        <b>{t(`alerts.level.${first.level}`)}</b> {sentence(first)}
      </span>
      {failed === null ? null : <span>{failed}</span>}
      <Button
        size="small"
        loading={busy === first.id}
        onClick={() => {
          acknowledge(first.id);
        }}
      >
        {t("alerts.acknowledge")}
      </Button>
      <Link to="/live/alerts">{open.length > 1 ? t("alerts.more", { count: open.length - 1 }) : t("alerts.look")}</Link>
    </div>
  );
}
