import type { SitePlan } from "@lingtong/api";
import { csv } from "@lingtong/model";
import { Panel } from "@lingtong/ui";
import { Button } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "./useFigures";

const COLUMNS = ["from", "calls", "erlangs", "agents", "scheduled", "level", "asa", "occupancy", "abandon"] as const;

function IntervalTable({ plan }: { plan: SitePlan }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { count, percent, seconds } = useFigures();
  const [copied, setCopied] = useState(false);
  const text = (): string =>
    csv([
      COLUMNS.map((column) => t(`planner.table.${column}`)),
      ...plan.intervals.map((one) => [
        one.from,
        one.calls,
        one.erlangs,
        one.agents,
        one.agents_scheduled,
        one.service_level,
        one.asa_s ?? "",
        one.occupancy,
        one.abandon_probability,
      ]),
    ]);
  const copy = (): void => {
    // The mark of the file's encoding is none of the text.
    void navigator.clipboard.writeText(text().slice(1)).then(() => {
      setCopied(true);
    });
  };
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([text()], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${t("planner.table.file")}.csv`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Panel
      title={t("planner.table.title")}
      extra={
        <span className="plan-actions">
          <Button size="small" onClick={copy}>
            {t(copied ? "planner.table.copied" : "planner.table.copy")}
          </Button>
          <Button size="small" onClick={save}>
            {t("planner.table.save")}
          </Button>
        </span>
      }
    >
      <div className="plan-scroll" tabIndex={0} role="group" aria-label={t("planner.table.title")}>
        <table className="data-table plan-table num">
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {t(`planner.table.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plan.intervals.map((one) => (
              <tr key={one.from} data-peak={one.from === plan.busiest.from}>
                <th scope="row">{one.from}</th>
                <td>{count(one.calls)}</td>
                <td>{count(one.erlangs)}</td>
                <td>{one.agents}</td>
                <td>{one.agents_scheduled}</td>
                <td>{percent(one.service_level)}</td>
                <td>{seconds(one.asa_s)}</td>
                <td>{percent(one.occupancy)}</td>
                <td>{percent(one.abandon_probability)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function WidthTable({ plan, codec }: { plan: SitePlan; codec: string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { kbps, mbps } = useFigures();
  return (
    <Panel title={t("planner.width.title")}>
      <table className="data-table plan-table num">
        <thead>
          <tr>
            {(["codec", "call", "link", "trunks", "agents"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`planner.width.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plan.bandwidth.map((one) => (
            <tr key={one.codec} data-peak={one.codec === codec}>
              <th scope="row">{one.codec.toUpperCase()}</th>
              <td>{kbps(one.call_kbps)}</td>
              <td>{kbps(one.link_kbps)}</td>
              <td>{mbps(one.trunks_mbps)}</td>
              <td>{mbps(one.agents_mbps)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="plan-note faint">{t("planner.width.note")}</p>
    </Panel>
  );
}

/** All figures, to be read, copied and taken along. */
export function Tables({ plan, codec }: { plan: SitePlan; codec: string }): ReactElement {
  return (
    <>
      <IntervalTable plan={plan} />
      <WidthTable plan={plan} codec={codec} />
    </>
  );
}
