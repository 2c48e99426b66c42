import { toApiError, type ApiError, type LoginRequest } from "@lingtong/api";
import { LanguageSwitch, ThemeSwitch, Wordmark } from "@lingtong/ui";
import { Alert, Button, Input } from "antd";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type ReactElement, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useTitle } from "../useTitle";
import "./login.css";

function messageKey(error: ApiError): "login.wrong" | "login.busy" | "login.offline" | "login.failed" {
  if (error.kind === "unauthorized" || error.kind === "invalid") return "login.wrong";
  if (error.kind === "busy") return "login.busy";
  return error.kind === "offline" ? "login.offline" : "login.failed";
}

/** The agent's desk is an application of its own: a way within this one does not lead there. */
function isDesk(path: string): boolean {
  const desk = new URL("desk", document.baseURI).pathname;
  return path === desk || path.startsWith(`${desk}/`);
}

/** Bars of a voice, the one ornament of the page. */
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

export function LoginPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api, queries } = useServices();
  const navigate = useNavigate();
  useTitle(t("login.title"));
  const { next } = useSearch({ from: "/login" });
  const [form, setForm] = useState<LoginRequest>({ username: "", password: "" });
  const [askTenant, setAskTenant] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { user } = await api.login(form);
      queries.clear();
      queries.setQueryData(["me"], user);
      if (next !== undefined && isDesk(next)) window.location.assign(next);
      else await navigate({ href: next ?? "/", replace: true });
    } catch (thrown) {
      const failure = toApiError(thrown);
      // The server asks for the tenant only where it holds more than one.
      if (failure.field === "tenant") setAskTenant(true);
      setError(failure);
      setBusy(false);
    }
  };
  const change = (part: Partial<LoginRequest>): void => {
    setForm((before) => ({ ...before, ...part }));
  };

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
        <form className="login-form" onSubmit={(event) => void submit(event)}>
          <h1>{t("login.title")}</h1>
          {error === null ? null : (
            <Alert
              type="error"
              showIcon
              role="alert"
              title={askTenant && error.field === "tenant" ? t("login.tenantNeeded") : t(messageKey(error))}
            />
          )}
          {askTenant ? (
            <label>
              <span>{t("login.tenant")}</span>
              <Input
                size="large"
                autoFocus
                autoComplete="organization"
                value={form.tenant ?? ""}
                onChange={(event) => {
                  change({ tenant: event.target.value });
                }}
              />
            </label>
          ) : null}
          <label>
            <span>{t("login.username")}</span>
            <Input
              size="large"
              name="username"
              autoFocus
              required
              autoComplete="username"
              placeholder={t("login.usernameHint")}
              value={form.username}
              onChange={(event) => {
                change({ username: event.target.value });
              }}
            />
          </label>
          <label>
            <span>{t("login.password")}</span>
            <Input.Password
              size="large"
              name="password"
              required
              autoComplete="current-password"
              value={form.password}
              onChange={(event) => {
                change({ password: event.target.value });
              }}
            />
          </label>
          <Button type="primary" size="large" htmlType="submit" loading={busy} block>
            {t("login.submit")}
          </Button>
          <p className="faint">{t("login.help")}</p>
        </form>
      </main>
    </div>
  );
}
