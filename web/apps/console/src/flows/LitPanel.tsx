import { CloseOutlined } from "@ant-design/icons";
import type { InteractionDetail } from "@lingtong/api";
import type { FlowDocument } from "@lingtong/model/flow";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactElement } from "react";
import { StepList, stepsIn } from "./StepList";
import { useFlowWords } from "./words";

interface LitProps {
  flow: FlowDocument;
  interaction: InteractionDetail;
  version: number | null;
  close: () => void;
  go: (node: string) => void;
}

/** The steps of a real call, beside the drawing on which they are lit. */
export function LitPanel({ flow, interaction, version, close, go }: LitProps): ReactElement {
  const { t } = useFlowWords();
  const steps = stepsIn(flow, interaction.trace);
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
        <StepList flow={flow} steps={steps} go={go} />
        <Link to="/interactions/$id" params={{ id: interaction.id }} className="cell-link">
          {t("lit.open")}
        </Link>
      </div>
    </>
  );
}
