import type { FlowCanaryWish } from "@lingtong/api";
import { Checkbox, InputNumber, Select } from "antd";
import type { ReactElement } from "react";
import { useFlowWords } from "./words";

/** What can be watched. */
export const GUARDS = ["abandon", "transfer", "time_to_agent"] as const;

/** What is offered first. */
export const USUAL: Required<FlowCanaryWish> = { share_percent: 20, guards: [...GUARDS], false_alarm_percent: 5, hours: 72, at_end: "promote" };

interface CanaryFormProps {
  wish: Required<FlowCanaryWish> | null;
  change: (wish: Required<FlowCanaryWish> | null) => void;
}

/** Whether a share of the callers walks the new version first, how large it is, and what is watched. */
export function CanaryForm({ wish, change }: CanaryFormProps): ReactElement {
  const { t } = useFlowWords();
  return (
    <fieldset className="canary-form">
      <Checkbox checked={wish !== null} onChange={(event) => { change(event.target.checked ? USUAL : null); }}>
        {t("canary.first")}
      </Checkbox>
      {wish === null ? null : (
        <>
          <p className="faint">{t("canary.about")}</p>
          <label className="flow-field">
            <span className="flow-field-name">{t("canary.shareField")}</span>
            <InputNumber min={1} max={99} precision={0} suffix="%" value={wish.share_percent} onChange={(value) => { change({ ...wish, share_percent: value ?? USUAL.share_percent }); }} />
          </label>
          <label className="flow-field">
            <span className="flow-field-name">{t("canary.hours")}</span>
            <InputNumber min={1} max={720} precision={0} value={wish.hours} onChange={(value) => { change({ ...wish, hours: value ?? USUAL.hours }); }} />
          </label>
          <label className="flow-field">
            <span className="flow-field-name">{t("canary.atEnd")}</span>
            <Select value={wish.at_end} options={(["promote", "stop"] as const).map((value) => ({ value, label: t(`canary.end.${value}`) }))} onChange={(value) => { change({ ...wish, at_end: value }); }} />
          </label>
          <div className="flow-field" role="group" aria-label={t("canary.guards")}>
            <span className="flow-field-name">{t("canary.guards")}</span>
            <Checkbox.Group
              className="canary-guards"
              value={wish.guards}
              options={GUARDS.map((value) => ({ value, label: t(`canary.guard.${value}`) }))}
              onChange={(guards) => { change({ ...wish, guards: GUARDS.filter((guard) => guards.includes(guard)) }); }}
            />
          </div>
        </>
      )}
    </fieldset>
  );
}
