import { PhoneOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { LanguageSwitch, ThemeSwitch, Wordmark } from "@lingtong/ui";
import { Dropdown } from "antd";
import { useState, type ReactElement, type RefObject, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { CallStrip } from "../call/CallStrip";
import { usePhone } from "../hooks";
import { MessagesButton } from "../messages/MessagesButton";
import { useServices } from "../services";
import type { DialogName } from "./dialogs";
import { PhoneStatus } from "./PhoneStatus";
import { StateSwitch } from "./StateSwitch";

function DialBox({ input }: { input: RefObject<HTMLInputElement | null> }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { phone } = useServices();
  const { mode } = usePhone();
  const [number, setNumber] = useState("");
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (number.trim() === "") return;
    void phone.dial(number);
    setNumber("");
    input.current?.blur();
  };
  return (
    <form className="dial" onSubmit={submit}>
      <input
        ref={input}
        className="num"
        inputMode="tel"
        autoComplete="off"
        aria-label={t("dial.label")}
        placeholder={t("dial.hint")}
        value={number}
        disabled={mode !== "ready"}
        onChange={(event) => {
          setNumber(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <button type="submit" disabled={mode !== "ready" || number.trim() === ""} aria-label={t("dial.call")} title={t("dial.call")}>
        <PhoneOutlined />
      </button>
    </form>
  );
}

export interface PhoneBarProps {
  dial: RefObject<HTMLInputElement | null>;
  keypad: boolean;
  setKeypad: (open: boolean) => void;
  show: (dialog: DialogName) => void;
  signOut: () => void;
}

/** The bar across the top; it never moves and never scrolls away. */
export function PhoneBar({ dial, keypad, setKeypad, show, signOut }: PhoneBarProps): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { me } = useServices();
  const { calls } = usePhone();
  return (
    <header className={calls.length === 0 ? "phone-bar" : "phone-bar in-call"} data-theme="dark">
      <Wordmark />
      <div className="bar-phone" role="region" aria-label={t("phoneBar")}>
        <StateSwitch />
        <CallStrip
          keypad={keypad}
          setKeypad={setKeypad}
          openTransfer={() => {
            show("transfer");
          }}
        />
      </div>
      {calls.length === 0 ? <DialBox input={dial} /> : null}
      <PhoneStatus
        open={() => {
          show("devices");
        }}
      />
      <div className="bar-tools">
        <MessagesButton
          open={() => {
            show("messages");
          }}
        />
        <button
          type="button"
          className="icon-button"
          onClick={() => {
            show("keys");
          }}
          aria-label={t("keys.title")}
          title={t("keys.title")}
        >
          <QuestionCircleOutlined />
        </button>
        <LanguageSwitch />
        <ThemeSwitch />
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "who", type: "group", label: me.tenant.name },
              {
                key: "forwarding",
                label: t("forwarding.title"),
                onClick: () => {
                  show("forwarding");
                },
              },
              { key: "out", label: t("signOut"), onClick: signOut },
            ],
          }}
        >
          <button type="button" className="user-button" title={t("account", { name: me.username })}>
            <span className="avatar" aria-hidden="true">
              {me.username.slice(0, 2).toUpperCase()}
            </span>
            <span className="user-name">{me.username}</span>
          </button>
        </Dropdown>
      </div>
    </header>
  );
}
