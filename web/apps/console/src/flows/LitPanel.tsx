import { CloseOutlined } from "@ant-design/icons";
import type { InteractionDetail } from "@lingtong/api";
import { nodeName, withFlows, type FlowDocument } from "@lingtong/model/flow";
import { timeOfDay, useLocality } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactElement } from "react";
import { kindName, portName, useFlowWords } from "./words";

interface LitProps {
  flow: FlowDocument;
  interaction: InteractionDetail;
  version: number | null;
  close: () => void;
  go: (node: string) => void;
}

/** The steps of a real call, beside the drawing on which they are lit. */
export function LitPanel({ flow, interaction, version, close, go }: LitProps): ReactElement {
  const { t, language } = useFlowWords();
  const { timeZone } = useLocality();
  const steps = withFlows(interaction.trace).map((step, index) => ({ ...step, number: index + 1 })).filter((step) => step.flow === null || step.flow === flow.id);
  return (
    <>
      <header className="flow-panel-head">
        <span>
          <b>{t("lit.title")}</b>
          <small className="num">{t("lit.steps", { count: steps.length })}</small>
        </span>
        <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("lit.leave")} onClick={close} />
      </header>
      <div className="flow-panel-body">
        <p className="faint">{steps.length === 0 ? t("lit.none") : version === null ? t("lit.unknownVersion") : t("lit.version", { version })}</p>
        <ol className="lit-steps">
          {steps.map((step) => {
            const node = flow.nodes[step.node];
            return (
              <li key={step.number}>
                <button type="button" onClick={() => { go(step.node); }}>
                  <span className="flow-steps num">{step.number}</span>
                  <span>
                    <b>{(node === undefined ? null : nodeName(node, language)) ?? step.node}</b>
                    <small>{kindName(t, step.kind)}</small>
                  </span>
                  <span className="faint num">{timeOfDay(step.at, language, timeZone)}</span>
                  {typeof step.outlet === "string" ? <em>{portName(t, step.outlet)}</em> : null}
                </button>
              </li>
            );
          })}
        </ol>
        <Link to="/interactions/$id" params={{ id: interaction.id }} className="cell-link">
          {t("lit.open")}
        </Link>
      </div>
    </>
  );
}
