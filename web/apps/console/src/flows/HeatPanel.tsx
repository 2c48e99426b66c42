import { CloseOutlined } from "@ant-design/icons";
import { toApiError, type FlowHeat, type FlowVersionHead } from "@lingtong/api";
import { nodeName, type FlowDocument } from "@lingtong/model/flow";
import { ErrorState, exactTime, Skeleton, useLocality } from "@lingtong/ui";
import type { UseQueryResult } from "@tanstack/react-query";
import { Button, Segmented, Select } from "antd";
import type { ReactElement } from "react";
import { kindName, portName, useFlowWords } from "./words";

/** Days that may be looked at. */
export const PERIODS = [1, 7, 30, 365] as const;

const NAMES = { 1: "day", 7: "week", 30: "month", 365: "year" } as const;

/** What is shown of real calls. */
export interface HeatChoice {
  days: (typeof PERIODS)[number];
  version: number;
}

interface HeatProps {
  flow: FlowDocument;
  choice: HeatChoice;
  versions: readonly FlowVersionHead[];
  query: UseQueryResult<FlowHeat>;
  choose: (choice: HeatChoice) => void;
  go: (node: string) => void;
  close: () => void;
}

function Table({ flow, heat, go }: { flow: FlowDocument; heat: FlowHeat; go: (node: string) => void }): ReactElement {
  const { t, language } = useFlowWords();
  const rows = [...heat.nodes].sort((a, b) => b.left - a.left || b.visits - a.visits);
  const name = (id: string): string => {
    const node = flow.nodes[id];
    return node === undefined ? id : (nodeName(node, language) ?? `${kindName(t, node.kind)} · ${id}`);
  };
  return (
    <table className="data-table heat-table">
      <caption className="sr-only">{t("heat.table")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("form.node")}</th>
          <th scope="col" className="right">
            {t("heat.came")}
          </th>
          <th scope="col" className="right">
            {t("heat.left")}
          </th>
          <th scope="col" className="right">
            {t("heat.median")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.node}>
            <th scope="row">
              <button
                type="button"
                className="heat-go"
                onClick={() => {
                  go(row.node);
                }}
              >
                {name(row.node)}
              </button>
              <small className="faint num">
                {heat.ways
                  .filter((way) => way.node === row.node)
                  .map((way) => `${portName(t, way.outlet)} ${String(way.calls)}`)
                  .join(" · ")}
              </small>
            </th>
            <td className="right num">{row.visits}</td>
            <td className="right num">{row.left === 0 ? "0" : t("heat.share", { count: row.left, percent: Math.round((row.left / row.visits) * 100) })}</td>
            <td className="right num">{t("heat.seconds", { seconds: (row.median_ms / 1000).toFixed(1) })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Figures of real calls beside the drawing on which they are shown: which time, which version, and each node in a table. */
export function HeatPanel({ flow, choice, versions, query, choose, go, close }: HeatProps): ReactElement {
  const { t, language } = useFlowWords();
  const { timeZone } = useLocality();
  const heat = query.data;
  return (
    <>
      <header className="flow-panel-head">
        <b>{t("heat.title")}</b>
        <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("heat.leave")} onClick={close} />
      </header>
      <div className="flow-panel-body">
        <Segmented
          block
          aria-label={t("heat.period")}
          value={choice.days}
          options={PERIODS.map((days) => ({ value: days, label: t(`heat.days.${NAMES[days]}`) }))}
          onChange={(days) => {
            choose({ ...choice, days });
          }}
        />
        <Select
          aria-label={t("bar.versions")}
          value={choice.version}
          options={versions.map(({ version }) => ({ value: version, label: t("list.version", { version }) }))}
          onChange={(version: number) => {
            choose({ ...choice, version });
          }}
        />
        {query.error !== null ? (
          <ErrorState error={toApiError(query.error)} retry={() => void query.refetch()} />
        ) : heat === undefined ? (
          <Skeleton rows={6} height={24} />
        ) : (
          <>
            <p role="status">
              <b className="num">{t("heat.calls", { count: heat.calls })}</b> <span className="num">{t("heat.gone", { count: heat.left })}</span>
            </p>
            <p className="faint">
              {t("heat.since", { from: exactTime(heat.from, language, timeZone) })} {heat.complete ? "" : t("heat.cut")}
            </p>
            {heat.days.length < 2 ? null : (
              <ol className="heat-days" aria-label={t("heat.byDay")}>
                {heat.days.map((day) => (
                  <li key={day.day}>
                    <span className="num">{day.day}</span> <span className="num">{t("heat.calls", { count: day.calls })}</span> <span className="faint num">{t("heat.gone", { count: day.left })}</span>
                  </li>
                ))}
              </ol>
            )}
            <Table flow={flow} heat={heat} go={go} />
            <p className="faint">{t("heat.about")}</p>
          </>
        )}
      </div>
    </>
  );
}
