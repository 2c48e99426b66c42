import { KeysDialog as Dialog } from "@lingtong/ui";
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
      ["C", "conference"],
      ["K", "park"],
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
  const groups = GROUPS.map((group) => ({
    title: t(`keys.${group.name}.title`),
    keys: group.keys.map(([keys, name]) => ({ keys, does: t(`keys.${group.name}.${name}` as "keys.call.answer") })),
  }));
  return <Dialog title={t("keys.title")} groups={groups} close={close} />;
}
