import { useBlocker } from "@tanstack/react-router";
import { Modal } from "antd";
import type { ReactElement, RefObject } from "react";
import { useTranslation } from "react-i18next";

/** Asks before what was typed is left behind. */
export function UnsavedGuard({ dirty, done }: { dirty: boolean; done: RefObject<boolean> }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const blocks = (): boolean => dirty && !done.current;
  const blocker = useBlocker({ shouldBlockFn: blocks, enableBeforeUnload: blocks, withResolver: true });
  return (
    <Modal
      open={blocker.status === "blocked"}
      title={t("settings.unsaved.title")}
      okText={t("settings.unsaved.stay")}
      cancelText={t("settings.unsaved.leave")}
      onOk={() => blocker.reset?.()}
      onCancel={() => blocker.proceed?.()}
      closable={false}
      keyboard={false}
    >
      {t("settings.unsaved.text")}
    </Modal>
  );
}
