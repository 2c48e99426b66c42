import { toApiError, type Spec } from "@lingtong/api";
import { fieldOf, kindOf, sameSpec, withValue } from "@lingtong/model";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { FieldInput } from "../settings/FieldInput";
import { useNames } from "../settings/useNames";
import { text } from "../settings/values";
import { Field } from "./fields";

/** What of a queue decides who is served when, and by whom. */
const DECIDING = [
  "strategy",
  "members",
  "priority",
  "ageing",
  "service_level_s",
  "ring_timeout_s",
  "wrap_up_s",
  "max_wait_s",
  "no_agent",
  "skills",
  "relax",
  "overflow",
  "last_agent_wait_s",
] as const;
/** The setting by which callers go first. */
const PRIORITY = "routing.priority";

/** What is otherwise than now, by kind and name. */
export type PolicyDraft = Readonly<Record<string, { kind: "queue" | "setting"; name: string; spec: Spec }>>;

interface EditorProps {
  draft: PolicyDraft;
  change: (draft: PolicyDraft) => void;
}

/** As `lingtong apply` takes it: JSON is YAML. */
export function documentsOf(draft: PolicyDraft): string {
  return Object.values(draft)
    .map((one) => JSON.stringify(one))
    .join("\n---\n");
}

function QueueFields({ name, draft, change }: EditorProps & { name: string }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  const { settings } = useServices();
  const stored = useQuery({ queryKey: ["settings", "queue", "one", name], queryFn: ({ signal }) => settings.get("queue", name, signal) });
  const kind = kindOf("queue");
  if (stored.error !== null) return <p role="alert">{toApiError(stored.error).message}</p>;
  if (stored.data === undefined || kind === undefined) return null;
  const now = stored.data.spec;
  const spec = draft[name]?.spec ?? now;
  const put = (path: string, value: unknown): void => {
    const next = withValue(spec, path, value);
    const rest = Object.fromEntries(Object.entries(draft).filter(([key]) => key !== name));
    change(sameSpec(next, now) ? rest : { ...rest, [name]: { kind: "queue", name, spec: next } });
  };
  return (
    <div className="reh-policy">
      {DECIDING.map((path) => {
        const field = fieldOf(kind, path);
        if (field === undefined) return null;
        const id = `rep-${path}`;
        return (
          <div key={path} className="reh-field" data-changed={!sameSpec(spec[path], now[path])}>
            <label id={`${id}-label`} htmlFor={id}>
              {t(`settings.field.${field.word}`)}
            </label>
            <FieldInput
              field={field}
              id={id}
              value={spec[path]}
              isSet={false}
              status=""
              disabled={false}
              change={(value) => {
                put(path, value);
              }}
            />
            <small id={`${id}-help`} className="faint">
              {field.hint === true ? t(`settings.hint.${field.word as "agent"}`) : null}
            </small>
          </div>
        );
      })}
    </div>
  );
}

function Priorities({ draft, change }: EditorProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { settings } = useServices();
  const stored = useQuery({
    queryKey: ["settings", "setting", "one", PRIORITY],
    // Nothing is set until somebody does.
    queryFn: async ({ signal }) => (await settings.list("setting", { q: PRIORITY }, signal)).items.find((one) => one.name === PRIORITY) ?? null,
  });
  const now = text(stored.data?.spec["value"]);
  return (
    <Field id="rep-priorities" name={t("replay.priorities")} hint={t("replay.prioritiesHint")}>
      <Input.TextArea
        id="rep-priorities"
        className="reh-text"
        autoSize={{ minRows: 1, maxRows: 8 }}
        spellCheck={false}
        value={draft[PRIORITY] === undefined ? now : text(draft[PRIORITY].spec["value"])}
        disabled={stored.data === undefined}
        onChange={({ target: { value } }) => {
          const rest = Object.fromEntries(Object.entries(draft).filter(([key]) => key !== PRIORITY));
          change(value === now ? rest : { ...rest, [PRIORITY]: { kind: "setting", name: PRIORITY, spec: { value } } });
        }}
      />
    </Field>
  );
}

/** The policy as a draft: it begins with what is set up now. */
export function PolicyEditor({ draft, change }: EditorProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const queues = useNames("queue");
  const [chosen, setChosen] = useState<string>();
  const changed = Object.values(draft);
  return (
    <>
      <Field id="rep-queue" name={t("replay.queue")}>
        <Select
          id="rep-queue"
          value={chosen}
          placeholder={t("replay.queuePlace")}
          showSearch
          options={queues ?? []}
          loading={queues === undefined}
          onChange={setChosen}
        />
      </Field>
      {chosen === undefined ? null : <QueueFields key={chosen} name={chosen} draft={draft} change={change} />}
      <Priorities draft={draft} change={change} />
      {changed.length === 0 ? (
        <p className="faint">{t("replay.unchanged")}</p>
      ) : (
        <div className="reh-edits" role="group" aria-label={t("replay.edited")}>
          <span>{t("replay.edited")}</span>
          {changed.map(({ name }) => (
            <Button
              key={name}
              size="small"
              aria-label={t("replay.undo", { name })}
              onClick={() => {
                change(Object.fromEntries(Object.entries(draft).filter(([key]) => key !== name)));
              }}
            >
              {name} ✕
            </Button>
          ))}
        </div>
      )}
    </>
  );
}
