import { Kbd } from "@lingtong/ui";
import { Modal } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

const GROUPS = [
  {
    name: "everywhere",
    keys: [
      ["Ctrl K", "search"],
      ["?", "help"],
    ],
  },
  {
    name: "live",
    keys: [
      ["/", "filterAgents"],
      ["← ↑ → ↓", "moveAgents"],
      ["Enter", "openAgent"],
      ["b", "bigScreen"],
    ],
  },
  {
    name: "list",
    keys: [
      ["j / k", "nextPrevious"],
      ["Enter", "open"],
      ["/", "focusFilter"],
      ["r", "refresh"],
    ],
  },
  {
    name: "call",
    keys: [
      ["Space", "play"],
      ["← / →", "seek"],
      ["Shift ← / →", "fineSeek"],
      ["n / p", "mark"],
      ["s", "silence"],
      ["- / +", "rate"],
      ["j / k", "message"],
      ["Esc", "back"],
    ],
  },
] as const;

export default function KeysDialog({ close }: { close: () => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <Modal open onCancel={close} footer={null} width={640} title={t("keys.title")}>
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
                  <dd>{t(`keys.${group.name}.${name}` as "keys.live.bigScreen")}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
