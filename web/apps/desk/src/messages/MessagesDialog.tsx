import { PhoneOutlined } from "@ant-design/icons";
import { type Voicemail } from "@lingtong/api";
import { titleIn } from "@lingtong/model";
import { EmptyState, exactTime, RelativeTime, useLocality } from "@lingtong/ui";
import { Alert, Button, Modal, Skeleton } from "antd";
import { useEffect, useSyncExternalStore, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { usePhone } from "../hooks";
import { useServices } from "../services";
import "./messages.css";

function Message({ message }: { message: Voicemail }): ReactElement {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const { timeZone } = useLocality();
  const { api, mailbox, phone } = useServices();
  const { mode } = usePhone();
  const isNew = message.status === "new";
  const from = message.from === "" ? t("card.withheld") : message.from;
  const queue = titleIn(message.queue?.title, i18n.language);
  // In a mailbox that is shared one wants to know who has seen to it.
  const heardBy = isNew || queue === "" ? "" : (message.changed_by_agent?.name ?? message.changed_by ?? "");
  const back = (): void => {
    void phone.dial(message.from);
    if (isNew) void mailbox.mark(message.id, "heard");
  };
  return (
    <li className={isNew ? "message new" : "message"}>
      <span className="message-who">
        {isNew ? <span className="sr-only">{t("messages.new")} </span> : null}
        <span className="num">{from}</span> {queue === "" ? null : <span className="faint">{queue}</span>}
      </span>
      <span className="faint message-when" title={exactTime(message.left_at, i18n.language, timeZone)}>
        <RelativeTime at={message.left_at} />
        {heardBy === "" ? null : ` · ${t("messages.heardBy", { name: heardBy })}`}
      </span>
      <audio
        controls
        preload="none"
        src={api.voicemailAudioUrl(message.id)}
        aria-label={t("messages.play", { from })}
        onEnded={() => {
          if (isNew) void mailbox.mark(message.id, "heard");
        }}
      />
      <span>
        {mode === "ready" && /^\+?\d+$/.test(message.from) ? (
          <Button size="small" type="text" icon={<PhoneOutlined />} aria-label={t("day.callBack", { number: message.from })} onClick={back}>
            {t("messages.callBack")}
          </Button>
        ) : null}
        <Button size="small" type="text" onClick={() => void mailbox.mark(message.id, isNew ? "heard" : "new")}>
          {t(isNew ? "messages.markHeard" : "messages.markNew")}
        </Button>
      </span>
      <Button size="small" type="text" danger aria-label={t("messages.deleteOf", { from })} onClick={() => void mailbox.remove(message.id)}>
        {t("messages.delete")}
      </Button>
    </li>
  );
}

/** What callers have left, the newest first. */
export default function MessagesDialog({ close }: { close: () => void }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { mailbox } = useServices();
  const { items, error } = useSyncExternalStore(mailbox.subscribe, mailbox.getView);
  useEffect(() => {
    void mailbox.load();
  }, [mailbox]);
  return (
    <Modal open onCancel={close} width={560} title={t("messages.title")} footer={<Button onClick={close}>{t("messages.close")}</Button>}>
      {error === null ? null : <Alert type="error" showIcon title={error.message} />}
      {items === null ? (
        error === null ? (
          <Skeleton active />
        ) : null
      ) : items.length === 0 ? (
        <EmptyState title={t("messages.none")}>{t("messages.noneText")}</EmptyState>
      ) : (
        <ul className="messages">
          {items.map((message) => (
            <Message key={message.id} message={message} />
          ))}
        </ul>
      )}
    </Modal>
  );
}
