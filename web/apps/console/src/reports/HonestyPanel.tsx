import { toApiError, type HonestyReport } from "@lingtong/api";
import { titleIn } from "@lingtong/model";
import { EmptyState, ErrorState, Panel, Skeleton, useLocality } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { Alert, Segmented } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { HonestyScatter } from "./HonestyScatter";
import "./honesty.css";

type Figures = HonestyReport["total"];
type Which = "both" | "told" | "reckoned";

function FigureCells({ figures }: { figures: Figures }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 0 });
  const time = (ms: number): string => t("honesty.seconds", { value: Math.round(Math.abs(ms) / 1000) });
  const { median_error_ms: error, median_excess_ms: excess, within_30_percent: within } = figures;
  const told = (ms: number): string => {
    if (ms === 0) return t("honesty.exact");
    return ms > 0 ? t("honesty.longer", { time: time(ms) }) : t("honesty.shorter", { time: time(ms) });
  };
  return (
    <>
      <td className="right num">{figures.promises}</td>
      <td className="right num">{figures.answered}</td>
      <td className="right num">{typeof error === "number" ? time(error) : "–"}</td>
      <td className="right">{typeof excess === "number" ? told(excess) : "–"}</td>
      <td className="right num">{typeof within === "number" ? percent.format(within) : "–"}</td>
    </>
  );
}

function HonestyTable({ report }: { report: HonestyReport }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const day = new Intl.DateTimeFormat(i18n.language, { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const heads = ["promises", "answered", "medianError", "excess", "within"] as const;
  return (
    <table className="data-table">
      <thead>
        <tr>
          <th scope="col">{t("honesty.day")}</th>
          <th scope="col">{t("honesty.queue")}</th>
          {heads.map((head) => (
            <th key={head} scope="col" className="right">
              {t(`honesty.${head}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {report.items.map((line) => (
          <tr key={`${line.day} ${line.queue.id}`}>
            <td className="num">{day.format(new Date(line.day))}</td>
            <td>{titleIn(line.queue.title, i18n.language)}</td>
            <FigureCells figures={line} />
          </tr>
        ))}
        <tr>
          <th scope="row" colSpan={2}>
            {t("honesty.total")}
          </th>
          <FigureCells figures={report.total} />
        </tr>
      </tbody>
    </table>
  );
}

interface HonestyPanelProps {
  /** RFC 3339. */
  from: string;
  to?: string;
  /** The id of a queue; all of them when absent. */
  queue?: string;
}

/** How long customers were told to wait, and how long they did: by day and queue, and each promise as a point. */
export function HonestyPanel({ from, to, queue }: HonestyPanelProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api } = useServices();
  const [which, setWhich] = useState<Which>("both");
  const narrowed = { ...(to === undefined ? {} : { to }), ...(queue === undefined ? {} : { queue }) };
  const query = { from, ...narrowed, ...(which === "both" ? {} : { told: which === "told" }) };
  const report = useQuery({ queryKey: ["honesty", query], queryFn: ({ signal }) => api.honesty(query, signal) });
  const options = (["both", "told", "reckoned"] as const).map((value) => ({ value, label: t(`honesty.${value}`) }));
  return (
    <Panel title={t("honesty.title")}>
      <div className="honesty">
        <p className="faint">{t("honesty.about")}</p>
        <Segmented<Which> aria-label={t("honesty.which")} options={options} value={which} onChange={setWhich} />
        {report.isPending ? <Skeleton rows={4} /> : null}
        {report.isError ? <ErrorState error={toApiError(report.error)} retry={() => void report.refetch()} /> : null}
        {report.data?.cut_off === true ? <Alert type="info" title={t("honesty.cutOff")} /> : null}
        {report.data === undefined ? null : report.data.total.promises === 0 ? (
          <EmptyState title={t("honesty.empty")}>{t("honesty.emptyText")}</EmptyState>
        ) : (
          <>
            {report.data.points.length === 0 ? null : <HonestyScatter points={report.data.points} />}
            <HonestyTable report={report.data} />
          </>
        )}
      </div>
    </Panel>
  );
}
