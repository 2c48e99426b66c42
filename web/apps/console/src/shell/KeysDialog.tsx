import { KeysDialog as Dialog } from "@lingtong/ui";
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
    name: "board",
    keys: [
      ["e", "edit"],
      ["b", "bigScreen"],
      ["Alt ← / →", "move"],
      ["Shift ← ↑ → ↓", "size"],
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
    name: "flow",
    keys: [
      ["Ctrl Z / Ctrl Y", "undo"],
      ["Ctrl C / X / V", "copy"],
      ["Ctrl D", "duplicate"],
      ["Ctrl A", "all"],
      ["Ctrl F", "find"],
      ["Delete", "remove"],
      ["← ↑ → ↓", "move"],
      ["Shift", "several"],
      ["Esc", "nothing"],
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
  const groups = GROUPS.map((group) => ({
    title: t(`keys.${group.name}.title`),
    keys: group.keys.map(([keys, name]) => ({ keys, does: t(`keys.${group.name}.${name}` as "keys.live.bigScreen") })),
  }));
  return <Dialog title={t("keys.title")} groups={groups} close={close} />;
}
