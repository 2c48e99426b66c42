import { Kbd } from "@lingtong/ui";
import { Modal } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

const GROUPS = [
  {
    name: "call",
    keys: [
      ["A", "answer"],
      ["R", "reject"],
      ["E", "hangUp"],
      ["M", "mute"],
      ["H", "hold"],
      ["T", "transfer"],
      ["S", "swap"],
      ["P", "keypad"],
      ["D", "dial"],
    ],
  },
  {
    name: "state",
    keys: [
      ["G", "ready"],
      ["N", "break"],
      ["W", "finish"],
      ["Ctrl Enter", "next"],
    ],
  },
  { name: "everywhere", keys: [["?", "help"]] },
] as const;

export default function KeysDialog({ close }: { close: () => void }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  return (
    <Modal open onCancel={close} footer={null} width={620} title={t("keys.title")}>
      <div className="keys">
        {GROUPS.map((group) => (
          <section key={group.name}>
            <h3>{t(`keys.${group.name}.title`)}</h3>
            <dl>
              {group.keys.map(([keys, name]) => (
                <div key={name}>
                  <dt>
                    <Kbd>{keys}</Kbd>
                  </dt>
                  <dd>{t(`keys.${group.name}.${name}` as "keys.call.answer")}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
