import { CheckCircleFilled, CloseCircleFilled, MinusCircleOutlined } from "@ant-design/icons";
import type { PasswordVerdict, Weakness } from "@lingtong/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useSettled } from "../useSettled";
import "./account.css";

/** In the order of the list; one that nobody meets by accident is not listed. */
const RULES = ["too_short", "common", "simple", "name"] as const satisfies readonly Weakness[];
/** The server is asked when nobody has typed for so long. */
const PAUSE_MS = 250;
/** Until the server has said it. */
const USUAL_LENGTH = 10;

/** What the server says of a password while it is typed. */
export function usePasswordVerdict(password: string, username?: string, tenant?: string): PasswordVerdict | undefined {
  const { account } = useServices();
  const asked = useSettled(password, PAUSE_MS);
  const { data } = useQuery({
    queryKey: ["password", asked, username, tenant],
    queryFn: () =>
      account.checkPassword({
        password: asked,
        ...(username === undefined ? {} : { username }),
        ...(tenant === undefined ? {} : { tenant }),
      }),
    placeholderData: keepPreviousData,
    // A password is not kept in memory for longer than its form.
    gcTime: 0,
  });
  return data;
}

/** The rules, each with whether it is kept. */
export function PasswordRules({ password, verdict }: { password: string; verdict: PasswordVerdict | undefined }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const count = verdict?.length ?? USUAL_LENGTH;
  return (
    <ul className="password-rules" aria-live="polite" aria-label={t("account.rules.label")}>
      {RULES.map((rule) => {
        const state = password === "" || verdict === undefined ? "open" : verdict.weaknesses.includes(rule) ? "broken" : "kept";
        const Icon = state === "open" ? MinusCircleOutlined : state === "kept" ? CheckCircleFilled : CloseCircleFilled;
        return (
          <li key={rule} data-state={state}>
            <Icon aria-label={t(`account.rules.${state}`)} />
            <span>{t(`account.rules.${rule}`, { count })}</span>
          </li>
        );
      })}
    </ul>
  );
}
