import { toApiError, type Session } from "@lingtong/api";
import { ErrorState, exactTime, Panel, RelativeTime, Skeleton, useLocality } from "@lingtong/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Input, message, Modal } from "antd";
import { useState, type ReactElement, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { meQuery, useServices } from "../services";
import { useTitle } from "../useTitle";
import { clientName } from "./clientName";
import { PasswordForm } from "./PasswordForm";
import { SecondFactorForm } from "./SecondFactorForm";
import "./account.css";

function Section({ title, text, children }: { title: string; text: string; children: ReactNode }): ReactElement {
  return (
    <Panel className="account-section">
      <div>
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      <div>{children}</div>
    </Panel>
  );
}

function SessionRow({ session, end }: { session: Session; end: () => void }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  return (
    <li>
      <span>
        <strong>{clientName(session.client) || t("account.sessions.unknown")}</strong>{" "}
        <span className="faint num">{session.address}</span>
        <br />
        <span className="faint" title={exactTime(session.created_at, i18n.language, timeZone)}>
          {t("account.sessions.since")} <RelativeTime at={session.created_at} />
        </span>
      </span>
      {session.current ? (
        <span className="faint">{t("account.sessions.current")}</span>
      ) : (
        <Button size="small" onClick={end}>
          {t("account.sessions.end")}
        </Button>
      )}
    </li>
  );
}

function Sessions(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { account, queries } = useServices();
  const query = useQuery({ queryKey: ["sessions"], queryFn: ({ signal }) => account.sessions(signal) });
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: ["sessions"] });
  const end = useMutation({
    mutationFn: (id: string | null) => (id === null ? account.endOtherSessions() : account.endSession(id)),
    onSettled: refresh,
  });
  if (query.isPending) return <Skeleton rows={3} />;
  if (query.error !== null) return <ErrorState error={toApiError(query.error)} retry={() => void refresh()} />;
  const sessions = query.data.items;
  return (
    <>
      <ul className="session-list">
        {sessions.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            end={() => {
              end.mutate(session.id);
            }}
          />
        ))}
      </ul>
      {sessions.length > 1 ? (
        <Button
          onClick={() => {
            end.mutate(null);
          }}
        >
          {t("account.sessions.endOthers")}
        </Button>
      ) : null}
    </>
  );
}

/** Turns the second factor off, once the password was given. */
function RemoveFactor({ done }: { done: () => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { account } = useServices();
  const [open, setOpen] = useState(false);
  const [current, setCurrent] = useState("");
  const remove = useMutation({
    mutationFn: () => account.removeSecondFactor(current),
    onSuccess: () => {
      setOpen(false);
      done();
    },
  });
  const error = remove.error === null ? null : toApiError(remove.error);
  return (
    <>
      <p className="factor-on">{t("account.factor.on")}</p>
      <Button
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("account.factor.remove")}
      </Button>
      <Modal
        open={open}
        title={t("account.factor.remove")}
        okText={t("account.factor.remove")}
        okButtonProps={{ loading: remove.isPending, danger: true }}
        onOk={() => {
          remove.mutate();
        }}
        onCancel={() => {
          setOpen(false);
        }}
      >
        <label className="account-form">
          <span>{t("account.current")}</span>
          <Input.Password
            autoComplete="current-password"
            value={current}
            onChange={(event) => {
              setCurrent(event.target.value);
            }}
          />
          {error === null ? null : (
            <span role="alert">{error.kind === "forbidden" ? t("account.factor.demanded") : error.message}</span>
          )}
        </label>
      </Modal>
    </>
  );
}

/** One's own password, second factor and sessions. */
export function AccountPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api, queries } = useServices();
  const [toast, holder] = message.useMessage();
  const { data: me } = useQuery(meQuery(api));
  const [enrolling, setEnrolling] = useState(false);
  useTitle(t("account.title"));
  const refresh = (): void => {
    setEnrolling(false);
    void queries.invalidateQueries({ queryKey: ["me"] });
    void queries.invalidateQueries({ queryKey: ["sessions"] });
  };
  return (
    <div className="page account-page">
      {holder}
      <h1 className="page-title">{t("account.title")}</h1>
      <Section title={t("account.password")} text={t("account.passwordText")}>
        <PasswordForm
          done={() => {
            void toast.success(t("account.changed"));
            refresh();
          }}
        />
      </Section>
      <Section title={t("account.factor.title")} text={t("account.factor.text")}>
        {me?.second_factor === true && !enrolling ? (
          <RemoveFactor done={refresh} />
        ) : enrolling ? (
          <SecondFactorForm done={refresh} />
        ) : (
          <Button
            type="primary"
            onClick={() => {
              setEnrolling(true);
            }}
          >
            {t("account.factor.setUp")}
          </Button>
        )}
      </Section>
      <Section title={t("account.sessions.title")} text={t("account.sessions.text")}>
        <Sessions />
      </Section>
    </div>
  );
}
