import type { LiveAlert } from "@lingtong/api";
import { clock, titleIn } from "@lingtong/model";
import { useTranslation } from "react-i18next";

const SECONDS: ReadonlySet<LiveAlert["measure"]> = new Set(["longest_wait"]);

/** An alert in one sentence: whose figure, what it is, and the value that it has passed. */
export function useAlertSentence(): (alert: LiveAlert) => string {
  const { t, i18n } = useTranslation(["console", "ui"]);
  return (alert) => {
    const said = (value: number): string => (SECONDS.has(alert.measure) ? clock(value * 1000) : String(value));
    const where = titleIn(alert.queue?.title, i18n.language) || (alert.queue?.id ?? t("alerts.whole"));
    const what = t(`alerts.measure.${alert.measure}`, { value: said(alert.value), limit: said(alert.limit) });
    return t("alerts.sentence", { where, what });
  };
}
