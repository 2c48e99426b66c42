import { toApiError, type ApiError, type Setup } from "@lingtong/api";
import { EmptyState, Skeleton } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button, Input } from "antd";
import { useState, type ReactElement, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Frame } from "../login/Frame";
import { useServices } from "../services";
import { useTitle } from "../useTitle";
import { PasswordField } from "./PasswordField";
import { PasswordRules, usePasswordVerdict } from "./PasswordRules";

type Part = "title" | "tenant" | "username";
const PARTS = ["title", "tenant", "username"] as const satisfies readonly Part[];
/** As the server has it; a name that breaks this is told while it is typed. */
const PATTERNS: Readonly<Record<Part, RegExp>> = {
  title: /\S/,
  tenant: /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  username: /^[A-Za-z0-9_.@-]{1,63}$/,
};

function useSetup(token: string): [Setup, (part: Partial<Setup>) => void, (event: SyntheticEvent) => Promise<void>, boolean, ApiError | null] {
  const { account, queries } = useServices();
  const navigate = useNavigate();
  const [form, setForm] = useState<Setup>(() => ({
    token,
    tenant: "",
    title: "",
    username: "admin",
    password: "",
    utc_offset_min: -new Date().getTimezoneOffset(),
  }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const change = (part: Partial<Setup>): void => {
    setForm((before) => ({ ...before, ...part }));
  };
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { user } = await account.setUp(form);
      queries.clear();
      queries.setQueryData(["me"], user);
      await navigate({ to: "/", replace: true });
    } catch (thrown) {
      setError(toApiError(thrown));
      setBusy(false);
    }
  };
  return [form, change, submit, busy, error];
}

function Form({ token }: { token: string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const [form, change, submit, busy, error] = useSetup(token);
  const verdict = usePasswordVerdict(form.password, form.username, form.tenant);
  const wrong = (part: Part): boolean => form[part] !== "" && !PATTERNS[part].test(form[part]);
  const complete = PARTS.every((part) => PATTERNS[part].test(form[part])) && form.password !== "";
  return (
    <form className="login-form" onSubmit={(event) => void submit(event)}>
      <h1>{t("account.setup.title")}</h1>
      <p className="faint">{t("account.setup.text")}</p>
      {error === null ? null : <Alert type="error" showIcon role="alert" title={error.message} />}
      {PARTS.map((part) => (
        <label key={part}>
          <span>{t(part === "title" ? "account.setup.companyTitle" : `account.setup.${part}`)}</span>
          <Input
            required
            autoFocus={part === "title"}
            name={part}
            autoComplete={part === "username" ? "username" : "off"}
            status={wrong(part) ? "error" : ""}
            aria-describedby={`setup-${part}`}
            value={form[part]}
            onChange={(event) => {
              change({ [part]: event.target.value });
            }}
          />
          <span id={`setup-${part}`} className={wrong(part) ? "field-problem" : "faint"} role={wrong(part) ? "alert" : undefined}>
            {t(`account.setup.${part}Hint`)}
          </span>
        </label>
      ))}
      <PasswordField
        label={t("login.password")}
        name="new-password"
        value={form.password}
        change={(password) => {
          change({ password });
        }}
      />
      <PasswordRules password={form.password} verdict={verdict} />
      <Button type="primary" size="large" htmlType="submit" loading={busy} disabled={!complete} block>
        {t("account.setup.submit")}
      </Button>
    </form>
  );
}

/** The first start: a company and its administrator, by the link that the server has printed. */
export function SetupPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { account } = useServices();
  const { token } = useSearch({ from: "/setup" });
  useTitle(t("account.setup.title"));
  const link = useQuery({
    queryKey: ["setup", token],
    queryFn: async () => {
      await account.checkSetup(token);
      return true;
    },
    staleTime: Infinity,
    refetchOnMount: false,
  });
  return (
    <Frame>
      {link.isPending ? (
        <Skeleton rows={6} />
      ) : link.error === null ? (
        <Form token={token} />
      ) : (
        <div className="login-form">
          <EmptyState title={t("account.setup.expired")}>{toApiError(link.error).message}</EmptyState>
        </div>
      )}
    </Frame>
  );
}
