import { toApiError, type ApiError, type SecondFactorSecret } from "@lingtong/api";
import { useAppearance } from "@lingtong/ui";
import { Alert, Button, Input, QRCode } from "antd";
import { useState, type ReactElement, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import "./account.css";

type Step = { at: "proof" } | { at: "scan"; secret: SecondFactorSecret } | { at: "codes"; codes: string[] };

/** Reads a secret as people type it: in groups. */
function grouped(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, "$1 ");
}

function Picture({ secret }: { secret: SecondFactorSecret }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { name } = useAppearance();
  return (
    <div className="factor-scan">
      {/* Cameras want dark squares on a light ground, whatever the theme. */}
      <QRCode type="svg" value={secret.uri} size={168} bordered={false} bgColor="#ffffff" color="#14202b" data-theme={name} />
      <div>
        <p>{t("account.factor.scan")}</p>
        <p className="faint">{t("account.factor.typed")}</p>
        <code className="factor-secret">{grouped(secret.secret)}</code>
      </div>
    </div>
  );
}

/** The codes for the day on which the app is lost; shown this once. */
function Codes({ codes, done }: { codes: string[]; done: () => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <div className="account-form">
      <Alert type="warning" showIcon title={t("account.factor.keep")} />
      <ul className="factor-codes mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="account-actions">
        <Button type="primary" onClick={done}>
          {t("account.factor.kept")}
        </Button>
        <Button
          onClick={() => {
            void navigator.clipboard.writeText(codes.join("\n"));
          }}
        >
          {t("account.factor.copy")}
        </Button>
      </div>
    </div>
  );
}

/** Sets up a second factor: password, picture, a first code, recovery codes. */
export function SecondFactorForm({ done }: { done: () => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { account } = useServices();
  const [step, setStep] = useState<Step>({ at: "proof" });
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  if (step.at === "codes") return <Codes codes={step.codes} done={done} />;
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      if (step.at === "proof") setStep({ at: "scan", secret: await account.beginSecondFactor(text) });
      else setStep({ at: "codes", codes: (await account.confirmSecondFactor(text)).recovery_codes });
      setText("");
    } catch (thrown) {
      setError(toApiError(thrown));
    }
    setBusy(false);
  };
  const changed = (event: { target: { value: string } }): void => {
    setText(event.target.value);
  };
  return (
    <form className="account-form" onSubmit={(event) => void submit(event)}>
      {error === null ? null : <Alert type="error" showIcon role="alert" title={error.message} />}
      {step.at === "scan" ? <Picture secret={step.secret} /> : null}
      {step.at === "proof" ? (
        <label>
          <span>{t("account.current")}</span>
          <Input.Password required autoComplete="current-password" name="proof" value={text} onChange={changed} />
        </label>
      ) : (
        <label>
          <span>{t("account.factor.code")}</span>
          <Input required autoFocus autoComplete="one-time-code" name="code" maxLength={7} className="num login-code" value={text} onChange={changed} />
        </label>
      )}
      <Button type="primary" htmlType="submit" loading={busy}>
        {t(step.at === "proof" ? "account.factor.begin" : "account.factor.confirm")}
      </Button>
    </form>
  );
}
