import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { notifyCall } from "../browser/notify";
import { usePhone } from "../hooks";
import { useServices } from "../services";

/** Rings, tells outside the page, and names the call in the tab while one comes in. */
export function useRinging(): void {
  const { t } = useTranslation(["desk", "ui"]);
  const { ringer } = useServices();
  const { calls } = usePhone();
  const ringing = calls.find((call) => call.phase === "ringing");
  const number = ringing?.number;
  useEffect(() => {
    ringer.ring(number !== undefined);
    return () => {
      ringer.ring(false);
    };
  }, [number, ringer]);
  useEffect(() => {
    document.title = number === undefined ? `${t("page.desk")} · ${t("ui:brand")}` : t("ringingTitle", { number });
    return number === undefined ? undefined : notifyCall(t("call.incoming"), number);
  }, [number, t]);
}
