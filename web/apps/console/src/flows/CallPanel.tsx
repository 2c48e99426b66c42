import { CloseOutlined, PhoneFilled } from "@ant-design/icons";
import { KEYS, nodeName, type FlowDocument, type Step } from "@lingtong/model/flow";
import { Elapsed, useKeys } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useEffect, useState, type ReactElement, type ReactNode } from "react";
import { useServices } from "../services";
import { KeyPad } from "./KeyPad";
import { StepList, stepsIn } from "./StepList";
import { useDraftCall } from "./useDraftCall";
import { kindName, useFlowWords } from "./words";

/** How often it is looked where the call is, milliseconds: each step is seen while its prompt is spoken. */
const LOOK_EVERY_MS = 600;

interface CallProps {
  flow: FlowDocument;
  /** What the panel is headed with. */
  title: ReactNode;
  walked: (trace: readonly Step[] | null) => void;
  go: (node: string) => void;
  close: () => void;
}

/** Calls the drawing from this page: what a customer hears is heard here, and the way is lit as it is walked. */
export function CallPanel({ flow, title, walked, go, close }: CallProps): ReactElement {
  const { t, language } = useFlowWords();
  const { api } = useServices();
  const [caller, setCaller] = useState("13800138000");
  const call = useDraftCall(flow, caller);
  const { state, heard, end } = call.view;
  const [begun, setBegun] = useState<string | null>(null);
  if (state === "talking" && begun !== call.interaction) setBegun(call.interaction);
  const there = useQuery({
    queryKey: ["trial-call", begun],
    enabled: begun !== null && begun === call.interaction,
    queryFn: ({ signal }) => api.interaction(begun ?? "", signal),
    refetchInterval: (query) => (typeof query.state.data?.ended_at === "string" ? false : LOOK_EVERY_MS),
    gcTime: 0,
  });
  const trace = begun === call.interaction ? there.data?.trace : undefined;
  useEffect(() => {
    walked(trace ?? null);
  }, [trace, walked]);
  useEffect(
    () => () => {
      walked(null);
    },
    [walked],
  );
  useKeys(Object.fromEntries(KEYS.map((key) => [key, () => { call.press(key); }])));
  const steps = trace === undefined ? [] : stepsIn(flow, trace);
  const last = steps.at(-1);
  const node = last === undefined ? undefined : flow.nodes[last.node];
  const on = state === "opening" || state === "calling" || state === "talking";
  return (
    <>
      <header className="flow-panel-head">
        {title}
        <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("form.close")} onClick={close} />
      </header>
      <div className="try-with try-call-with">
        <label>
          {t("try.caller")}
          <Input size="small" className="num" disabled={on} value={caller} maxLength={20} onChange={(event) => { setCaller(event.target.value.replace(/[^\d+]/g, "")); }} />
        </label>
        {on ? (
          <Button danger icon={<PhoneFilled rotate={225} />} onClick={call.hangUp}>
            {t("call.hangUp")}
          </Button>
        ) : (
          <Button type="primary" icon={<PhoneFilled />} onClick={call.start}>
            {t(state === "over" ? "call.again" : "call.start")}
          </Button>
        )}
      </div>
      <div className="try-log">
        {steps.length === 0 && !on && state !== "over" ? <p className="faint">{t("call.hint")}</p> : null}
        {heard ? null : <p className="faint">{t("call.deaf")}</p>}
        {call.refused === null ? null : (
          <p role="alert" className="field-wrong">
            {call.refused.kind === "invalid" ? t("call.wrong") : call.refused.kind === "offline" ? t("call.end.unreachable") : call.refused.message}
          </p>
        )}
        <StepList flow={flow} steps={steps} go={go} />
        {state === "over" && end !== null && call.refused === null ? <p className="try-over">{t(`call.end.${end}`)}</p> : null}
        {state === "over" && begun !== null && begun === call.interaction ? (
          <Link to="/interactions/$id" params={{ id: begun }} className="cell-link">
            {t("lit.open")}
          </Link>
        ) : null}
      </div>
      <footer className="try-foot">
        <p className="try-waiting" role="status">
          {state === "talking" ? (
            <>
              {last === undefined ? t("call.talking") : t("try.waiting", { node: (node === undefined ? null : nodeName(node, language)) ?? kindName(t, last.kind) })} {there.data === undefined ? null : <Elapsed since={there.data.started_at} />}
            </>
          ) : on ? (
            t(state === "opening" ? "call.opening" : "call.calling")
          ) : null}
        </p>
        <KeyPad outlets={state === "talking" ? node?.outlets : undefined} press={call.press} />
      </footer>
    </>
  );
}
