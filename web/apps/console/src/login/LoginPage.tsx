import { toApiError, type ApiError, type LoginRequest } from "@lingtong/api";
import { Alert, Button, Input } from "antd";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type ReactElement, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { PasswordField } from "../account/PasswordField";
import { useServices } from "../services";
import { useTitle } from "../useTitle";
import { Frame } from "./Frame";
import { isDesk } from "./isDesk";

type Problem = "login.tenantNeeded" | "login.badCode" | "login.wrong" | "login.busy" | "login.offline" | "login.failed";

function problemOf(error: ApiError): Problem {
  if (error.field === "tenant") return "login.tenantNeeded";
  if (error.code === "bad_code") return "login.badCode";
  if (error.kind === "unauthorized" || error.kind === "invalid") return "login.wrong";
  if (error.kind === "busy") return "login.busy";
  return error.kind === "offline" ? "login.offline" : "login.failed";
}

interface PartProps {
  form: LoginRequest;
  change: (part: Partial<LoginRequest>) => void;
}

function Names({ form, change, askTenant }: PartProps & { askTenant: boolean }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <>
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
      <PasswordField
        label={t("login.password")}
        name="password"
        large
        value={form.password}
        change={(password) => {
          change({ password });
        }}
      />
    </>
  );
}

/** The second step: what the authenticator app shows. */
function Code({ form, change, back }: PartProps & { back: () => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <>
      <label>
        <span>{t("login.code")}</span>
        <Input
          size="large"
          name="code"
          autoFocus
          required
          autoComplete="one-time-code"
          maxLength={24}
          className="num login-code"
          value={form.code ?? ""}
          onChange={(event) => {
            change({ code: event.target.value });
          }}
        />
      </label>
      <p className="faint">
        {t("login.codeHelp")}{" "}
        <button type="button" className="link-button" onClick={back}>
          {t("login.otherUser")}
        </button>
      </p>
    </>
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
  const [askCode, setAskCode] = useState(false);
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
      if (typeof user.unfinished === "string") await navigate({ to: "/welcome", search: next === undefined ? {} : { next }, replace: true });
      else if (next !== undefined && isDesk(next)) window.location.assign(next);
      else await navigate({ href: next ?? "/", replace: true });
    } catch (thrown) {
      const failure = toApiError(thrown);
      // The server asks for the tenant only where it holds more than one, and for a code only of those who have one.
      if (failure.field === "tenant") setAskTenant(true);
      if (failure.code === "totp_required") setAskCode(true);
      else setError(failure);
      setBusy(false);
    }
  };
  const change = (part: Partial<LoginRequest>): void => {
    setForm((before) => ({ ...before, ...part }));
  };
  const back = (): void => {
    setAskCode(false);
    setError(null);
    setForm({ username: form.username, password: "" });
  };

  return (
    <Frame>
      <form className="login-form" onSubmit={(event) => void submit(event)}>
        <h1>{t(askCode ? "login.codeTitle" : "login.title")}</h1>
        {error === null ? null : <Alert type="error" showIcon role="alert" title={t(problemOf(error))} />}
        {askCode ? (
          <Code form={form} change={change} back={back} />
        ) : (
          <Names form={form} change={change} askTenant={askTenant} />
        )}
        <Button type="primary" size="large" htmlType="submit" loading={busy} block>
          {t("login.submit")}
        </Button>
        {askCode ? null : <p className="faint">{t("login.help")}</p>}
      </form>
    </Frame>
  );
}
