import type { PhoneProblem } from "@lingtong/phone";
import { useSyncExternalStore, type ReactElement, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useDevices, usePhone } from "../hooks";
import { useServices } from "../services";

function Strip({ tone, children, action }: { tone: "warn" | "bad"; children: ReactNode; action?: ReactNode }): ReactElement {
  return (
    <div className="phone-notice" data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      {children}
      {action}
    </div>
  );
}

/** What stands between the agent and a call, in plain words and with a way out; nothing where all is well. */
export function PhoneNotice({ openDevices }: { openDevices: () => void }): ReactElement | null {
  const { t } = useTranslation(["desk", "ui"]);
  const { phone, owner, ringer } = useServices();
  const { mode, problem, calls } = usePhone();
  const { problems } = useDevices();
  const blocked = useSyncExternalStore(ringer.subscribe, ringer.isBlocked);
  if (mode === "elsewhere") {
    const takeOver = (
      <button
        type="button"
        className="link-button"
        onClick={() => {
          owner.takeOver();
        }}
      >
        {t("elsewhere.take")}
      </button>
    );
    return (
      <Strip tone="warn" action={takeOver}>
        {t("elsewhere.text")}
      </Strip>
    );
  }
  if (mode === "recovering") {
    const recovering = calls.some((call) => call.phase === "recovering");
    return <Strip tone="bad">{t(recovering ? "recovering.leg" : "recovering.link")}</Strip>;
  }
  if (problem === "unsupported") return null;
  const found: PhoneProblem | undefined = problem ?? problems?.[0] ?? (blocked ? "sound_blocked" : undefined);
  if (found === undefined) return null;
  const again =
    problem === "unreachable" || problem === "no_account" || problem === "register_refused" ? (
      <button
        type="button"
        className="link-button"
        onClick={() => {
          phone.retryNow();
        }}
      >
        {t("ui:retryNow")}
      </button>
    ) : (
      <button type="button" className="link-button" onClick={openDevices}>
        {t("devices.open")}
      </button>
    );
  return (
    <Strip tone={mode === "refused" || mode === "reconnecting" ? "bad" : "warn"} action={again}>
      <b>{t(`problem.${found}.title`)}</b>
      <span>{t(`problem.${found}.text`)}</span>
    </Strip>
  );
}
