import { FORWARD_REASONS, targetOf, textOf, titleIn, type ForwardReason, type ForwardTarget } from "@lingtong/model";
import { Alert, Button, Input, InputNumber, Modal, Select, Skeleton } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useForwarding, useLivePart } from "../hooks";
import { useServices } from "../services";

/** Seconds that a telephone rings before a call goes on, where nothing was said, and within which bounds. */
const AFTER_S = 20;
const AFTER_LEAST_S = 3;
const AFTER_MOST_S = 40;

interface RuleProps {
  reason: ForwardReason;
  target: ForwardTarget;
  wrong: boolean;
  change: (target: ForwardTarget) => void;
}

function Rule({ reason, target, wrong, change }: RuleProps): ReactElement {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const queues = useLivePart((board) => board?.queues);
  const label = t(`forwarding.when.${reason}`);
  return (
    <div className="forward-rule" role="group" aria-label={label}>
      <span>{label}</span>
      <Select
        aria-label={t("forwarding.how", { when: label })}
        value={target.kind}
        options={(["none", "number", "queue", "voicemail"] as const).map((kind) => ({ value: kind, label: t(`forwarding.to.${kind}`) }))}
        onChange={(kind) => {
          change({ kind, value: "" });
        }}
      />
      {target.kind === "number" ? (
        <Input
          aria-label={t("forwarding.number", { when: label })}
          placeholder={t("dial.hint")}
          inputMode="tel"
          value={target.value}
          status={wrong ? "error" : ""}
          onChange={(event) => {
            change({ kind: "number", value: event.target.value });
          }}
        />
      ) : target.kind === "queue" ? (
        <Select
          aria-label={t("forwarding.queue", { when: label })}
          placeholder={t("forwarding.choose")}
          value={target.value === "" ? null : target.value}
          status={wrong ? "error" : ""}
          options={[...(queues?.values() ?? [])].map((queue) => ({ value: queue.name, label: titleIn(queue.title, i18n.language) }))}
          onChange={(value: string) => {
            change({ kind: "queue", value });
          }}
        />
      ) : null}
    </div>
  );
}

/** Where the agent's own calls go when the agent doesn't take them. */
export default function ForwardingDialog({ close }: { close: () => void }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { forwarding } = useServices();
  const { rules, busy, error } = useForwarding();
  const [changed, setChanged] = useState<Partial<Record<ForwardReason, ForwardTarget>>>({});
  const [after, setAfter] = useState<number | null>(null);
  const target = (reason: ForwardReason): ForwardTarget => changed[reason] ?? targetOf(rules?.[reason]);
  // A choice that names nothing yet is asked for here; whether it can be called, the server knows.
  const named = ({ kind, value }: ForwardTarget): boolean => kind === "none" || kind === "voicemail" || value.trim() !== "";
  const open = FORWARD_REASONS.find((reason) => !named(target(reason)));
  const save = async (): Promise<void> => {
    const said = FORWARD_REASONS.flatMap((reason) => {
      const text = textOf(target(reason));
      return text === null ? [] : [[reason, text] as const];
    });
    if (await forwarding.save({ ...Object.fromEntries(said), after_s: after ?? rules?.after_s ?? AFTER_S })) close();
  };
  return (
    <Modal
      open
      onCancel={close}
      width={560}
      title={t("forwarding.title")}
      footer={
        <>
          <Button onClick={close}>{t("forwarding.cancel")}</Button>
          <Button type="primary" loading={busy} disabled={rules === null || open !== undefined} onClick={() => void save()}>
            {t("forwarding.save")}
          </Button>
        </>
      }
    >
      <div className="forward">
        <p className="faint">{t("forwarding.text")}</p>
        {error === null ? null : <Alert type="error" showIcon title={error.message} />}
        {rules === null ? (
          <Skeleton active />
        ) : (
          FORWARD_REASONS.map((reason) => (
            <Rule
              key={reason}
              reason={reason}
              target={target(reason)}
              wrong={error?.field === reason}
              change={(next) => {
                setChanged((before) => ({ ...before, [reason]: next }));
              }}
            />
          ))
        )}
        {target("no_answer").kind === "none" ? null : (
          <label className="forward-after">
            <span>{t("forwarding.after")}</span>
            <InputNumber
              min={AFTER_LEAST_S}
              max={AFTER_MOST_S}
              suffix={t("forwarding.seconds")}
              value={after ?? rules?.after_s ?? AFTER_S}
              onChange={setAfter}
            />
          </label>
        )}
      </div>
    </Modal>
  );
}
