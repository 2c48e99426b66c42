import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
/** Digits shown of what was sent. */
const SHOWN = 16;

/** Digits for the other side's menu; the keyboard works as well. */
export function Keypad({ press }: { press: (digit: string) => void }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const [sent, setSent] = useState("");
  const push = (digit: string): void => {
    press(digit);
    setSent((before) => (before + digit).slice(-SHOWN));
  };
  return (
    <div
      className="keypad"
      role="group"
      aria-label={t("call.keypad")}
      onKeyDown={(event) => {
        if (!/^[\d*#]$/.test(event.key)) return;
        event.preventDefault();
        push(event.key);
      }}
    >
      <output className="num">{sent}</output>
      {KEYS.map((key, index) => (
        <button
          key={key}
          type="button"
          // The keyboard belongs to the pad as soon as it is open.
          autoFocus={index === 0}
          onClick={() => {
            push(key);
          }}
        >
          {key}
        </button>
      ))}
    </div>
  );
}
