import { toApiError, type InteractionDetail } from "@lingtong/api";
import { may, titleIn } from "@lingtong/model";
import { exactTime, Panel, RelativeTime, useLocality } from "@lingtong/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input, Select } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { CallbackBadge } from "../callbacks/CallbackBadge";
import { useServices } from "../services";
import { useMe } from "../useMe";

/** As long as the server takes. */
const NOTE_CHARS = 2_000;

function DispositionForm({ detail, done }: { detail: InteractionDetail; done: () => void }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { api, queries } = useServices();
  const [code, setCode] = useState(detail.said?.code);
  const [note, setNote] = useState(detail.said?.note ?? "");
  const choices = useQuery({ queryKey: ["dispositions"], queryFn: ({ signal }) => api.dispositions(signal), staleTime: 300_000 });
  const save = useMutation({
    mutationFn: (chosen: string) => api.dispose(detail.id, { code: chosen, note }),
    onSuccess: async (said) => {
      queries.setQueryData<InteractionDetail>(["interaction", detail.id], (old) =>
        old === undefined ? old : { ...old, said, disposition: said.code },
      );
      await queries.invalidateQueries({ queryKey: ["interactions"] });
      done();
    },
  });
  return (
    <form
      className="disposition-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (code !== undefined) save.mutate(code);
      }}
    >
      <Select
        aria-label={t("column.disposition")}
        placeholder={t("aftermath.choose")}
        className="disposition-code"
        value={code}
        loading={choices.isPending}
        options={(choices.data?.items ?? []).map((one) => ({ value: one.code, label: titleIn(one.title, i18n.language) }))}
        onChange={setCode}
      />
      <Input
        aria-label={t("aftermath.note")}
        placeholder={t("aftermath.note")}
        maxLength={NOTE_CHARS}
        value={note}
        onChange={(event) => {
          setNote(event.target.value);
        }}
      />
      <Button type="primary" htmlType="submit" loading={save.isPending} disabled={code === undefined}>
        {t("aftermath.save")}
      </Button>
      {save.error === null ? null : <span role="alert">{toApiError(save.error).message}</span>}
    </form>
  );
}

function Said({ detail }: { detail: InteractionDetail }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const me = useMe();
  const [editing, setEditing] = useState(false);
  const mine = typeof me.agent_id === "string" && detail.legs.some((leg) => leg.agent_id === me.agent_id);
  const allowed = mine || may(me, "calls.control");
  const { said } = detail;
  if (editing || (allowed && (said === null || said === undefined))) {
    return (
      <DispositionForm
        detail={detail}
        done={() => {
          setEditing(false);
        }}
      />
    );
  }
  if (said === null || said === undefined) return <p className="faint">{t("aftermath.nothing")}</p>;
  return (
    <p className="said">
      <b>{titleIn(said.title, i18n.language)}</b> {said.note}
      <span className="faint" title={exactTime(said.at, i18n.language, timeZone)}>
        {t("aftermath.by", { name: said.by })} <RelativeTime at={said.at} />
      </span>
      {allowed ? (
        <Button
          size="small"
          type="link"
          onClick={() => {
            setEditing(true);
          }}
        >
          {t("aftermath.change")}
        </Button>
      ) : null}
    </p>
  );
}

/** What was said of the call afterwards: its disposition, the customer's answers, the callbacks asked for. */
export function AftermathPanel({ detail }: { detail: InteractionDetail }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <Panel title={t("aftermath.title")}>
      <div className="aftermath">
        <Said detail={detail} />
        {detail.survey.length === 0 ? null : (
          <dl className="facts">
            {detail.survey.map((answer) => (
              <div key={answer.at}>
                <dt>{t("aftermath.survey", { question: answer.question })}</dt>
                <dd className="num">{t("step.key", { key: answer.answer })}</dd>
              </div>
            ))}
          </dl>
        )}
        {detail.callbacks.map((callback) => (
          <p key={callback.id} className="said">
            <CallbackBadge status={callback.status} /> <Link to="/callbacks" className="cell-link">{t("aftermath.callback", { number: callback.number })}</Link>
          </p>
        ))}
      </div>
    </Panel>
  );
}
