import { Skeleton } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Frame } from "../login/Frame";
import { isDesk } from "../login/isDesk";
import { meQuery, useServices } from "../services";
import { useTitle } from "../useTitle";
import { PasswordForm } from "./PasswordForm";
import { SecondFactorForm } from "./SecondFactorForm";

/** What has to be done before anything else: a password of one's own, a second factor. */
export function WelcomePage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api, queries } = useServices();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/welcome" });
  const { data: me } = useQuery(meQuery(api));
  // The recovery codes are still to be read when the server is content.
  const [reading, setReading] = useState(false);
  useTitle(t("account.welcome.title"));
  const unfinished = me?.unfinished;
  useEffect(() => {
    if (me === undefined || reading) return;
    if (me === null) void navigate({ to: "/login", replace: true });
    else if (typeof unfinished !== "string") {
      if (next !== undefined && isDesk(next)) window.location.assign(next);
      else void navigate({ href: next ?? "/", replace: true });
    }
  }, [me, unfinished, reading, next, navigate]);
  const refresh = (): void => {
    setReading(false);
    void queries.invalidateQueries({ queryKey: ["me"] });
  };
  const factor = unfinished === "second_factor";
  return (
    <Frame>
      <div className="login-form">
        <h1>{t("account.welcome.title")}</h1>
        {typeof unfinished !== "string" ? (
          <Skeleton rows={4} />
        ) : (
          <>
            <p>{t(factor ? "account.welcome.factor" : "account.welcome.password")}</p>
            {factor ? <SecondFactorForm done={refresh} /> : <PasswordForm done={refresh} />}
          </>
        )}
      </div>
    </Frame>
  );
}
