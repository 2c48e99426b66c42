import { toApiError, type ResourceDetail } from "@lingtong/api";
import type { Kind } from "@lingtong/model";
import { may as permits } from "@lingtong/model";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Checkbox, Input, Modal, Space, Typography } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useMe } from "../useMe";
import { TrunkStanding } from "./TrunkStanding";

/** What is typed into the telephone. */
function PhoneSheet({ name }: { name: string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  const rows = [
    [t("settings.phone.server"), window.location.hostname],
    [t("settings.phone.user"), name],
    [t("settings.phone.domain"), me.tenant.name],
  ] as const;
  return (
    <div className="field-others">
      <h3>{t("settings.phone.title")}</h3>
      <dl className="facts">
        {rows.map(([label, value]) => (
          <div key={label} className="phone-sheet-row">
            <dt>{label}</dt>
            <dd>
              <Typography.Text copyable className="mono">
                {value}
              </Typography.Text>
            </dd>
          </div>
        ))}
      </dl>
      <p className="faint">{t("settings.phone.text")}</p>
    </div>
  );
}

/** Gives somebody a password for one sign-in. */
function OneTimePassword({ name }: { name: string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { account, queries } = useServices();
  const [open, setOpen] = useState(false);
  const [forget, setForget] = useState(false);
  const reset = useMutation({ mutationFn: () => account.resetUser(name, forget), gcTime: 0 });
  const given = reset.data?.password;
  const close = (): void => {
    setOpen(false);
    setForget(false);
    reset.reset();
    void queries.invalidateQueries({ queryKey: ["settings", "user"] });
  };
  return (
    <div className="field-others">
      <Button
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("settings.reset.open")}
      </Button>
      <Modal
        open={open}
        title={t("settings.reset.title", { name })}
        onCancel={close}
        okText={t(given === undefined ? "settings.reset.do" : "settings.close")}
        okButtonProps={{ loading: reset.isPending }}
        cancelButtonProps={given === undefined ? {} : { style: { display: "none" } }}
        onOk={() => {
          if (given === undefined) reset.mutate();
          else close();
        }}
      >
        {given === undefined ? (
          <>
            <p>{t("settings.reset.text")}</p>
            <Checkbox
              checked={forget}
              onChange={(event) => {
                setForget(event.target.checked);
              }}
            >
              {t("settings.reset.factor")}
            </Checkbox>
            {reset.error === null ? null : (
              <p className="field-problem" role="alert">
                {toApiError(reset.error).message}
              </p>
            )}
          </>
        ) : (
          <>
            <p>{t("settings.reset.given")}</p>
            <Typography.Text copyable className="mono one-time-password">
              {given}
            </Typography.Text>
          </>
        )}
      </Modal>
    </div>
  );
}

/** Sends a letter of trial and tells what the mail server said. */
function TestMail(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { outbound } = useServices();
  const [to, setTo] = useState("");
  const trial = useMutation({ mutationFn: () => outbound.testMail(to.trim()) });
  const tried = trial.data;
  return (
    <div className="field-others">
      <h3>{t("settings.testMail.title")}</h3>
      <p className="faint">{t("settings.testMail.text")}</p>
      <Space.Compact style={{ width: "100%" }}>
        <Input
          aria-label={t("settings.testMail.to")}
          placeholder={t("settings.testMail.to")}
          value={to}
          onChange={(event) => {
            setTo(event.target.value);
          }}
          onPressEnter={() => {
            trial.mutate();
          }}
        />
        <Button
          loading={trial.isPending}
          disabled={to.trim() === ""}
          onClick={() => {
            trial.mutate();
          }}
        >
          {t("settings.testMail.send")}
        </Button>
      </Space.Compact>
      {tried === undefined ? null : (
        <Alert
          role="status"
          type={tried.ok ? "success" : "error"}
          title={tried.message}
          description={tried.answer === "" ? undefined : <span className="mono">{tried.answer}</span>}
        />
      )}
      {trial.error === null ? null : (
        <p className="field-problem" role="alert">
          {toApiError(trial.error).message}
        </p>
      )}
    </div>
  );
}

/** Asks a database for nothing but an answer. */
function TestDatabase({ name }: { name: string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { flows } = useServices();
  const trial = useMutation({ mutationFn: () => flows.testDatabase(name) });
  const tried = trial.data;
  return (
    <div className="field-others">
      <p className="faint">{t("settings.testDatabase.text")}</p>
      <Button
        loading={trial.isPending}
        onClick={() => {
          trial.mutate();
        }}
      >
        {t("settings.testDatabase.go")}
      </Button>
      {tried === undefined ? null : (
        <Alert
          role="status"
          type={tried.ok ? "success" : "error"}
          title={tried.ok ? t("settings.testDatabase.ok", { ms: tried.took_ms }) : t("settings.testDatabase.failed", { why: tried.why ?? "" })}
          description={tried.said === undefined ? undefined : <span className="mono">{tried.said}</span>}
        />
      )}
      {trial.error === null ? null : (
        <p className="field-problem" role="alert">
          {toApiError(trial.error).message}
        </p>
      )}
    </div>
  );
}

/** What some kinds offer beside their fields. */
export function Extras({ kind, resource, may }: { kind: Kind; resource: ResourceDetail; may: boolean }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  if (kind.id === "device") return <PhoneSheet name={resource.name} />;
  if (kind.id === "trunk") return <TrunkStanding name={resource.name} />;
  if (kind.id === "report_schedule") {
    return (
      <p className="field-others">
        <Link to="/reports/schedules">{t("schedules.seen")}</Link>
      </p>
    );
  }
  if (kind.id === "database" && may) return <TestDatabase name={resource.name} />;
  if (kind.id === "mail_server" && may) return <TestMail />;
  if (kind.id === "user" && may && permits(me, "users.write") && resource.name !== me.username) {
    return <OneTimePassword name={resource.name} />;
  }
  return null;
}
