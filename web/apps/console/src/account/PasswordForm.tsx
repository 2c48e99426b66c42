import { toApiError, type ApiError } from "@lingtong/api";
import { Alert, Button, Input } from "antd";
import { useState, type ReactElement, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { PasswordRules, usePasswordVerdict } from "./PasswordRules";

/** Changes one's own password. */
export function PasswordForm({ done }: { done: () => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { account } = useServices();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const verdict = usePasswordVerdict(password);
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await account.changePassword(current, password);
      setCurrent("");
      setPassword("");
      done();
    } catch (thrown) {
      setError(toApiError(thrown));
    }
    setBusy(false);
  };
  return (
    <form className="account-form" onSubmit={(event) => void submit(event)}>
      {error === null ? null : <Alert type="error" showIcon role="alert" title={error.message} />}
      <label>
        <span>{t("account.current")}</span>
        <Input.Password
          required
          name="current"
          autoComplete="current-password"
          value={current}
          onChange={(event) => {
            setCurrent(event.target.value);
          }}
        />
      </label>
      <label>
        <span>{t("account.newPassword")}</span>
        <Input.Password
          required
          name="new-password"
          autoComplete="new-password"
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
          }}
        />
      </label>
      <PasswordRules password={password} verdict={verdict} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {t("account.changePassword")}
      </Button>
    </form>
  );
}
