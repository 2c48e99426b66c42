import { MailOutlined } from "@ant-design/icons";
import { useSyncExternalStore, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import "./messages.css";

/** Opens the messages; says how many nobody has listened to. */
export function MessagesButton({ open }: { open: () => void }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { mailbox } = useServices();
  const { unheard } = useSyncExternalStore(mailbox.subscribe, mailbox.getView);
  const label = unheard === 0 ? t("messages.title") : t("messages.unheard", { count: unheard });
  return (
    <button type="button" className="icon-button messages-button" onClick={open} aria-label={label} title={label}>
      <MailOutlined />
      {unheard === 0 ? null : (
        <span className="messages-badge num" aria-hidden="true">
          {unheard}
        </span>
      )}
    </button>
  );
}
