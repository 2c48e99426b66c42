import type { FlowDocument, Step } from "@lingtong/model/flow";
import { Segmented } from "antd";
import { useState, type ReactElement } from "react";
import { CallPanel } from "./CallPanel";
import type { Bank } from "./summary";
import { TrialPanel } from "./TrialPanel";
import { useFlowWords } from "./words";

interface TryProps {
  flow: FlowDocument;
  bank: Bank;
  /** Calls reach what a published flow reaches: who may not publish, tries by text. */
  mayCall: boolean;
  walked: (trace: readonly Step[] | null) => void;
  go: (node: string) => void;
  close: () => void;
}

/** Tries the drawing before anybody calls it: by text, or by a call from this page. */
export function TryPanel({ flow, bank, mayCall, walked, go, close }: TryProps): ReactElement {
  const { t } = useFlowWords();
  const [way, setWay] = useState<"text" | "call">("text");
  const title = mayCall ? (
    <Segmented size="small" aria-label={t("try.title")} value={way} onChange={setWay} options={[{ value: "text", label: t("try.byText") }, { value: "call", label: t("try.byCall") }]} />
  ) : (
    <b>{t("try.title")}</b>
  );
  return way === "text" ? <TrialPanel flow={flow} bank={bank} title={title} walked={walked} close={close} /> : <CallPanel flow={flow} title={title} walked={walked} go={go} close={close} />;
}
