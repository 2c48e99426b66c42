import { queueExtension } from "@lingtong/api";
import { colleagues, titleIn, type LiveBoard } from "@lingtong/model";
import { dialable } from "@lingtong/phone";
import { EmptyState, reasonText, StateBadge } from "@lingtong/ui";
import { Button, Input, Modal, Segmented } from "antd";
import { useMemo, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useLivePart } from "../hooks";
import { useServices } from "../services";

type Kind = "colleague" | "queue" | "number";
const KINDS: readonly Kind[] = ["colleague", "queue", "number"];

interface Target {
  number: string;
  title: string;
  note: ReactElement | string;
}

function useTargets(kind: Kind, text: string): readonly Target[] {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const { agentId } = useServices();
  const agents = useLivePart((board: LiveBoard | null) => board?.agents);
  const queues = useLivePart((board: LiveBoard | null) => board?.queues);
  return useMemo(() => {
    if (kind === "number") {
      const number = dialable(text);
      return number === null ? [] : [{ number, title: number, note: t("transfer.outside") }];
    }
    if (kind === "colleague") {
      return colleagues(agents?.values() ?? [], agentId, text).map((one) => ({
        number: one.number,
        title: `${one.number} ${one.name}`,
        note: <StateBadge state={one.state}>{one.reason === null ? undefined : reasonText(t, one.reason)}</StateBadge>,
      }));
    }
    const wanted = text.trim().toLowerCase();
    return [...(queues?.values() ?? [])].flatMap((queue) => {
      const number = queueExtension(queue);
      if (number === null || !`${queue.name} ${titleIn(queue.title, i18n.language)}`.toLowerCase().includes(wanted)) return [];
      return [{ number, title: titleIn(queue.title, i18n.language), note: t("transfer.queueNote", { waiting: queue.waiting, ready: queue.ready_agents }) }];
    });
  }, [kind, text, agents, queues, agentId, t, i18n.language]);
}

function Row({ target, close }: { target: Target; close: () => void }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { phone } = useServices();
  return (
    <li className="transfer-row">
      <span className="transfer-title num">{target.title}</span>
      <span className="transfer-note">{target.note}</span>
      <Button
        size="small"
        onClick={() => {
          void phone.consult(target.number);
          close();
        }}
      >
        {t("transfer.consult")}
      </Button>
      <Button
        size="small"
        type="primary"
        onClick={() => {
          phone.transfer(target.number);
          close();
        }}
      >
        {t("transfer.blind")}
      </Button>
    </li>
  );
}

/** To whom the call is handed on: with a word before, or at once. */
export default function TransferDialog({ close }: { close: () => void }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const [kind, setKind] = useState<Kind>("colleague");
  const [text, setText] = useState("");
  const targets = useTargets(kind, text);
  return (
    <Modal open onCancel={close} footer={null} width={560} title={t("transfer.title")}>
      <div className="transfer">
        <Segmented
          block
          value={kind}
          options={KINDS.map((one) => ({ value: one, label: t(`transfer.kind.${one}`) }))}
          onChange={(next) => {
            setKind(next);
            setText("");
          }}
        />
        <Input
          autoFocus
          key={kind}
          allowClear
          aria-label={t(`transfer.find.${kind}`)}
          placeholder={t(`transfer.find.${kind}`)}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
        {targets.length === 0 ? (
          kind === "number" ? null : (
            <EmptyState title={t(`transfer.none.${kind}.title`)}>{t(`transfer.none.${kind}.text`)}</EmptyState>
          )
        ) : (
          <ul className="transfer-list">
            {targets.map((target) => (
              <Row key={target.title} target={target} close={close} />
            ))}
          </ul>
        )}
      </div>
    </Modal>
  );
}
