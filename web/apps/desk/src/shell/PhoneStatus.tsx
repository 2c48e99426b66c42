import { AudioOutlined } from "@ant-design/icons";
import type { PhoneMode } from "@lingtong/phone";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useDevices, usePhone } from "../hooks";

type Light = "good" | "waiting" | "bad";

const LIGHT: Readonly<Record<PhoneMode, Light>> = {
  off: "waiting",
  elsewhere: "waiting",
  refused: "bad",
  registering: "waiting",
  reconnecting: "bad",
  ready: "good",
  ringing: "good",
  dialling: "good",
  talking: "good",
  held: "good",
  consulting: "good",
  recovering: "bad",
};

/** Whether this browser's phone works, in one word; opens what says why not. */
export function PhoneStatus({ open }: { open: () => void }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { mode, problem } = usePhone();
  const { problems } = useDevices();
  const ill = problems !== null && problems.length > 0;
  // A server without phones for browsers is no fault: calls come to the telephone on the table.
  const elsewhere = problem === "unsupported";
  const light = elsewhere ? "waiting" : ill ? "bad" : LIGHT[mode];
  return (
    <button type="button" className="phone-status" data-light={light} onClick={open} title={t("devices.title")}>
      <AudioOutlined aria-hidden="true" />
      <span>{elsewhere ? t("phone.deskPhone") : ill ? t("phone.check") : t(light === "good" ? "phone.ready" : `phone.${mode}`)}</span>
    </button>
  );
}
