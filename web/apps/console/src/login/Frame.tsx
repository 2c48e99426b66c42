import { LanguageSwitch, ThemeSwitch, Wordmark } from "@lingtong/ui";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import "./login.css";

/** Bars of a voice, the one ornament of these pages. */
function Voice(): ReactElement {
  const bars = Array.from({ length: 48 }, (_, index) => {
    const height = 12 + 92 * Math.abs(Math.sin(index * 0.55) * Math.cos(index * 0.17 + 0.6));
    return <rect key={index} x={index * 10} y={(120 - height) / 2} width="4" height={height} rx="2" />;
  });
  return (
    <svg className="login-voice" viewBox="0 0 474 120" aria-hidden="true">
      {bars}
    </svg>
  );
}

/** What surrounds the pages before somebody is quite signed in. */
export function Frame({ children }: { children: ReactNode }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <div className="login">
      <aside className="login-side" data-theme="dark">
        <Wordmark />
        <div>
          <p className="login-claim">{t("login.claim")}</p>
          <p className="login-sub">{t("login.sub")}</p>
        </div>
        <Voice />
      </aside>
      <main className="login-main">
        <div className="login-switches">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
        {children}
      </main>
    </div>
  );
}
