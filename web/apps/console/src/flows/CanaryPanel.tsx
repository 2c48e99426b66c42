import { toApiError, type FlowCanary, type FlowCanaryStep } from "@lingtong/api";
import { exactTime, useLocality } from "@lingtong/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button, message } from "antd";
import type { ReactElement } from "react";
import { useServices } from "../services";
import { useFlowWords } from "./words";

/** How often the figures are asked for, milliseconds. */
const EVERY_MS = 5000;

type Figures = FlowCanary["seen"]["stable"];

const share = (part: number, of: number): string => (of === 0 ? "–" : `${((part / of) * 100).toFixed(1)} %`);

/** How far the evidence has come to the limit at which it rolls back, in hundredths: logarithms, as evidence multiplies. */
function progress({ p_value: value, limit }: FlowCanary["seen"]["guards"][number]): number {
  return Math.max(0, Math.min(100, Math.round((Math.log(value) / Math.log(limit)) * 100)));
}

function Sides({ canary }: { canary: FlowCanary }): ReactElement {
  const { t } = useFlowWords();
  const { stable, canary: fresh, guards } = canary.seen;
  const rows: [string, string | null, (side: Figures) => string][] = [
    [t("canary.calls"), null, (side) => String(side.calls)],
    [t("canary.guard.abandon"), "abandon", (side) => share(side.abandoned, side.calls)],
    [t("canary.guard.transfer"), "transfer", (side) => share(side.transferred, side.calls)],
    [t("canary.guard.time_to_agent"), "time_to_agent", (side) => (side.reached === 0 ? "–" : t("canary.seconds", { seconds: side.median_to_agent_s }))],
  ];
  return (
    <table className="data-table canary-table">
      <caption className="sr-only">{t("canary.table")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("canary.figure")}</th>
          <th scope="col" className="right">
            {t("list.version", { version: canary.stable_version })}
          </th>
          <th scope="col" className="right">
            {t("list.version", { version: canary.version })}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, guard, value]) => {
          const watched = guards.find((one) => one.guard === guard);
          return (
            <tr key={name}>
              <th scope="row">
                {name}
                {watched === undefined ? null : (
                  <small className="canary-evidence" title={t("canary.evidenceAbout")}>
                    <meter min={0} max={100} high={60} value={progress(watched)} aria-label={t("canary.evidence", { percent: progress(watched) })} />
                    <span className="faint num">{t("canary.evidence", { percent: progress(watched) })}</span>
                  </small>
                )}
              </th>
              <td className="right num">{value(stable)}</td>
              <td className="right num">{value(fresh)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

interface CanaryProps {
  name: string;
  writable: boolean;
}

/** A version that a share of the callers walks: what becomes of them beside all others, and what can be done about it. */
export function CanaryPanel({ name, writable }: CanaryProps): ReactElement | null {
  const { t, language } = useFlowWords();
  const { timeZone } = useLocality();
  const { flows, queries } = useServices();
  const { modal } = App.useApp();
  const [toast, holder] = message.useMessage();
  const query = useQuery({ queryKey: ["flow-canary", name], refetchInterval: EVERY_MS, queryFn: ({ signal }) => flows.canary(name, signal) });
  const order = useMutation({
    mutationFn: ({ version, step }: { version: number; step: FlowCanaryStep }) => flows.orderCanary(name, version, step),
    onSuccess: async () => {
      await Promise.all([["flows"], ["flow", name], ["flow-versions", name], ["flow-canary", name]].map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
    onError: (error) => void toast.error(toApiError(error).message, 8),
  });
  const canary = query.data;
  if (canary === undefined || canary === null) return null;
  const ask = (step: FlowCanaryStep): void => {
    void modal.confirm({
      title: t(step === "promote" ? "canary.promoteSure" : "canary.stopSure", { version: canary.version, stable: canary.stable_version }),
      okText: t(`canary.${step}`),
      cancelText: t("create.cancel"),
      onOk: () => order.mutateAsync({ version: canary.version, step }).catch(() => undefined),
    });
  };
  return (
    <section className="canary" aria-label={t("canary.title")}>
      {holder}
      <header className="flow-panel-head">
        <b>{t("canary.title")}</b>
        <span className="flow-badge canary-badge">{t("canary.share", { version: canary.version, percent: canary.share_percent })}</span>
      </header>
      <div className="flow-panel-body">
        <Sides canary={canary} />
        <p className="faint">
          {t(canary.at_end === "promote" ? "canary.thenPromote" : "canary.thenStop", { at: exactTime(canary.ends_at, language, timeZone) })} {t("canary.alarm", { percent: canary.false_alarm_percent })}
        </p>
        {writable ? (
          <div className="canary-actions">
            <Button type="primary" loading={order.isPending} onClick={() => { ask("promote"); }}>
              {t("canary.promote")}
            </Button>
            <Button danger loading={order.isPending} onClick={() => { ask("stop"); }}>
              {t("canary.stop")}
            </Button>
          </div>
        ) : null}
      </div>
    </section>
  );
}
