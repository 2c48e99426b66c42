import { toApiError, type ApiError } from "@lingtong/api";
import { Alert, Button } from "antd";
import { useState, type ReactElement, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { PasswordField } from "./PasswordField";
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
      <PasswordField label={t("account.current")} name="current" value={current} change={setCurrent} />
      <PasswordField label={t("account.newPassword")} name="new-password" value={password} change={setPassword} />
      <PasswordRules password={password} verdict={verdict} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {t("account.changePassword")}
      </Button>
    </form>
  );
}
