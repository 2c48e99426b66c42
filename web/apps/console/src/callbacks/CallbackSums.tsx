import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";

const DAYS = 7;

/** What has come of the callbacks of the last days: those that were asked for, those of customers who had hung up. */
export function CallbackSums(): ReactElement | null {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { api } = useServices();
  const query = useQuery({ queryKey: ["callbacks", "summary"], queryFn: ({ signal }) => api.callbackSummary(DAYS, signal) });
  if (query.data === undefined) return null;
  const { asked, missed } = query.data;
  const parts: string[] = (["asked", "missed"] as const).flatMap((kind) => {
    const { waiting, done, given_up: givenUp, cancelled } = { asked, missed }[kind];
    const all = waiting + done + givenUp + cancelled;
    return all === 0 ? [] : [t(`callbacks.sums.${kind}`, { done, all })];
  });
  const [done, lost, waiting] = [asked.done + missed.done, asked.given_up + missed.given_up, asked.waiting + missed.waiting];
  if (parts.length === 0) return null;
  if (done + lost > 0) parts.push(t("callbacks.sums.rate", { rate: new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 1 }).format(done / (done + lost)) }));
  parts.push(t("callbacks.sums.waiting", { count: waiting }));
  return (
    <p className="faint num callback-sums" aria-label={t("callbacks.sums.label")}>
      {t("callbacks.sums.label")}: {parts.join(" · ")}
    </p>
  );
}
