import { type Voicemail } from "@lingtong/api";
import { titleIn } from "@lingtong/model";
import { EmptyState, exactTime, RelativeTime, useLocality } from "@lingtong/ui";
import { Alert, Button, Modal, Skeleton } from "antd";
import { useEffect, useSyncExternalStore, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import "./messages.css";

function Message({ message }: { message: Voicemail }): ReactElement {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const { timeZone } = useLocality();
  const { api, mailbox } = useServices();
  const isNew = message.status === "new";
  const from = message.from === "" ? t("card.withheld") : message.from;
  const queue = titleIn(message.queue?.title, i18n.language);
  return (
    <li className={isNew ? "message new" : "message"}>
      <span className="message-who">
        {isNew ? <span className="sr-only">{t("messages.new")} </span> : null}
        <span className="num">{from}</span> {queue === "" ? null : <span className="faint">{queue}</span>}
      </span>
      <span className="faint" title={exactTime(message.left_at, i18n.language, timeZone)}>
        <RelativeTime at={message.left_at} />
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
