import { toApiError, type FieldProblem, type Resource, type ResourceDetail, type ResourceRef } from "@lingtong/api";
import { fieldOf, kindOf, sameSpec, type Field, type Kind } from "@lingtong/model";
import { ErrorState, Kbd, Panel, Skeleton, useKeys } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Input, Popconfirm } from "antd";
import { useRef, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { UnsavedGuard } from "../UnsavedGuard";
import { Extras } from "./Extras";
import { FieldInput } from "./FieldInput";
import { useDraft, type Draft } from "./useDraft";

function Problem({ id, problems, children }: { id: string; problems: readonly FieldProblem[]; children?: string | undefined }): ReactElement | null {
  if (problems.length > 0) {
    return (
      <p id={id} className="field-problem" role="alert">
        {problems.map((problem) => problem.message).join(" ")}
      </p>
    );
  }
  return children === undefined ? null : (
    <p id={id} className="faint">
      {children}
    </p>
  );
}

/** A field with its name, what is wrong with it, or what it is for. */
function Row({ field, draft, disabled }: { field: Field; draft: Draft; disabled: boolean }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const id = `field-${field.path}`;
  const problems = draft.problems.filter((problem) => problem.field.split(/[.[]/, 1)[0] === field.path);
  return (
    <div className="field">
      <label id={`${id}-label`} htmlFor={id}>
        {t(`settings.field.${field.word}`)}
        {field.required === true ? <span className="field-required"> *</span> : null}
      </label>
      <FieldInput
        field={field}
        id={id}
        value={draft.spec[field.path]}
        isSet={draft.stored?.secrets_set?.includes(field.path) === true}
        status={problems.length > 0 ? "error" : ""}
        disabled={disabled}
        change={(value) => {
          draft.change(field.path, value);
        }}
      />
      <Problem id={`${id}-help`} problems={problems}>
        {field.hint === true ? t(`settings.hint.${field.word as "agent"}`) : undefined}
      </Problem>
    </div>
  );
}

function NameRow({ kind, draft, disabled }: { kind: Kind; draft: Draft; disabled: boolean }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const wrong = draft.name !== "" && !kind.name.test(draft.name);
  const problems = draft.problems.filter((problem) => problem.field === "name");
  return (
    <div className="field">
      <label htmlFor="field-name">
        {t(`settings.name.${kind.id}`)}
        <span className="field-required"> *</span>
      </label>
      <Input
        id="field-name"
        autoFocus
        autoComplete="off"
        value={draft.name}
        disabled={disabled || kind.only !== undefined}
        status={wrong || problems.length > 0 ? "error" : ""}
        aria-describedby="field-name-help"
        onChange={(event) => {
          draft.rename(event.target.value.trim());
        }}
      />
      {wrong ? (
        <p id="field-name-help" className="field-problem" role="alert">
          {t(`settings.nameHint.${kind.id}`)}
        </p>
      ) : (
        <Problem id="field-name-help" problems={problems}>
          {t(`settings.nameHint.${kind.id}`)}
        </Problem>
      )}
    </div>
  );
}

function Fields({ kind, draft, disabled }: { kind: Kind; draft: Draft; disabled: boolean }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const more = kind.fields.filter((field) => field.more === true);
  // What is wrong must not hide.
  const forced = draft.problems.some((problem) => fieldOf(kind, problem.field)?.more === true);
  const [open, setOpen] = useState(false);
  const row = (field: Field): ReactElement => <Row key={field.path} field={field} draft={draft} disabled={disabled} />;
  return (
    <>
      {kind.fields.filter((field) => field.more !== true).map(row)}
      {more.length === 0 ? null : (
        <button
          type="button"
          className="link-button field-more"
          aria-expanded={open || forced}
          onClick={() => {
            setOpen(!open);
          }}
        >
          {t(open || forced ? "settings.less" : "settings.more")}
        </button>
      )}
      {open || forced ? more.map(row) : null}
    </>
  );
}

/** Others that a change reaches, or that refer to this one. */
function Others({ title, refs }: { title: string; refs: readonly ResourceRef[] }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  if (refs.length === 0) return null;
  return (
    <div className="field-others">
      <h3>{title}</h3>
      <ul>
        {refs.map((ref) => {
          const kind = kindOf(ref.kind);
          const words = `${kind === undefined ? ref.kind : t(`settings.kind.${kind.id}`)} ${ref.name}`;
          return (
            <li key={`${ref.kind}/${ref.name}`}>
              {kind === undefined ? words : (
                <Link to="/settings/$kind" params={{ kind: kind.id }} search={{ open: ref.name }} className="cell-link">
                  {words}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface FormProps {
  kind: Kind;
  stored: ResourceDetail | null;
  may: boolean;
  /** `before`: what the change can be taken back to; `secret`: a password was among it, which stays. */
  saved: (resource: Resource, before: ResourceDetail | null, secret: boolean) => void;
  remove: (resource: ResourceDetail) => Promise<void>;
  close: () => void;
}

function Form({ kind, stored, may, saved, remove, close }: FormProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  // What was saved or deleted must not be asked about on the way out, which is taken before anything is drawn anew.
  const done = useRef(false);
  const draft = useDraft(kind, stored, (resource, typed) => {
    done.current = true;
    // Nobody but the one who knows an old password can bring it back.
    const secret = kind.fields.some((field) => field.type === "secret" && typed[field.path] !== undefined);
    const more = stored !== null && !sameSpec(resource.spec, stored.spec);
    saved(resource, secret && !more ? null : stored, secret && stored !== null);
  });
  const [refused, setRefused] = useState<FieldProblem[]>([]);
  const disabled = !may || draft.saving;
  useKeys({
    "mod+s": () => {
      if (may && draft.dirty) draft.save();
    },
  });
  const erase = async (): Promise<void> => {
    if (stored === null) return;
    try {
      done.current = true;
      await remove(stored);
    } catch (thrown) {
      done.current = false;
      const error = toApiError(thrown);
      setRefused(error.problems.length > 0 ? [...error.problems] : [{ field: "", code: error.code, message: error.message }]);
    }
  };
  const conflict = draft.error?.code === "conflict";
  const loose = draft.error !== null && draft.error.problems.length === 0 && !conflict ? draft.error.message : null;
  const whole = loose ?? draft.whole.map((problem) => problem.message).join(" ");
  return (
    <form
      className="settings-form"
      aria-label={stored === null ? t(`settings.add.${kind.id}`) : `${t(`settings.kind.${kind.id}`)} ${stored.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        draft.save();
      }}
    >
      <UnsavedGuard dirty={draft.dirty && may} done={done} />
      <header className="panel-head">
        <h2>{stored === null ? t(`settings.add.${kind.id}`) : stored.name}</h2>
        <Button type="text" aria-label={t("settings.close")} onClick={close}>
          ✕
        </Button>
      </header>
      <div className="settings-fields">
        {conflict ? (
          <Alert
            type="warning"
            showIcon
            role="alert"
            title={t("settings.conflict")}
            action={
              <Button size="small" onClick={draft.takeTheirs}>
                {t("settings.takeTheirs")}
              </Button>
            }
          />
        ) : null}
        {whole === "" ? null : <Alert type="error" showIcon role="alert" title={t("settings.notSaved")} description={whole} />}
        {refused.length > 0 ? (
          <Alert
            type="error"
            showIcon
            role="alert"
            title={t(refused.every((problem) => problem.code === "in_use") ? "settings.inUse" : "settings.notDeleted")}
            description={refused.map((problem) => problem.message).join(" ")}
          />
        ) : null}
        {stored === null ? <NameRow kind={kind} draft={draft} disabled={disabled} /> : null}
        <Fields kind={kind} draft={draft} disabled={disabled} />
        {stored === null ? null : <Extras kind={kind} resource={stored} may={may} />}
        {draft.dirty ? <Others title={t("settings.affects")} refs={draft.check?.affects ?? []} /> : null}
        {stored === null ? null : <Others title={t("settings.usedBy")} refs={stored.used_by} />}
      </div>
      {may ? (
        <footer className="settings-actions">
          <Button type="primary" htmlType="submit" loading={draft.saving} disabled={!draft.dirty}>
            {t("settings.save")}
          </Button>
          <span className="faint">
            <Kbd>{t("settings.saveKeys")}</Kbd>
          </span>
          {stored === null || kind.single === true ? null : (
            <Popconfirm
              title={t(`settings.delete.ask`, { name: stored.name })}
              description={t((stored.secrets_set ?? []).length > 0 ? "settings.delete.secret" : "settings.delete.undoable")}
              okText={t("settings.delete.do")}
              okButtonProps={{ danger: true }}
              onConfirm={() => void erase()}
            >
              <Button danger className="settings-delete">
                {t("settings.delete.do")}
              </Button>
            </Popconfirm>
          )}
        </footer>
      ) : null}
    </form>
  );
}

/** One resource, new or as it is, in a form. */
export function ResourceForm(props: Omit<FormProps, "stored"> & { name: string | null }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { settings, queries } = useServices();
  const { kind, name } = props;
  const query = useQuery({
    queryKey: ["settings", kind.id, "one", name],
    queryFn: ({ signal }) => (name === null ? null : settings.get(kind.id, name, signal)),
    enabled: name !== null,
    staleTime: 0,
    refetchOnMount: "always",
  });
  if (name === null) {
    return (
      <Panel className="settings-panel">
        <Form key="new" {...props} stored={null} />
      </Panel>
    );
  }
  const stored = query.data;
  return (
    <Panel className="settings-panel">
      {stored !== undefined && stored !== null ? (
        <Form key={`${name}/${stored.revision}`} {...props} stored={stored} />
      ) : query.error === null ? (
        <Skeleton rows={6} height={22} />
      ) : (
        <>
          <header className="panel-head">
            <h2>{name}</h2>
            <Button type="text" aria-label={t("settings.close")} onClick={props.close}>
              ✕
            </Button>
          </header>
          <ErrorState error={toApiError(query.error)} retry={() => void queries.invalidateQueries({ queryKey: ["settings", kind.id, "one"] })} />
        </>
      )}
    </Panel>
  );
}
