import type { ApiError } from "@lingtong/api";
import { Input } from "antd";
import type { ChangeEvent, ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A field with its name. */
export function Field({ id, name, hint, children }: { id: string; name: string; hint?: string; children: ReactNode }): ReactElement {
  return (
    <div className="reh-field">
      <label htmlFor={id}>{name}</label>
      {children}
      {hint === undefined ? null : <small className="faint">{hint}</small>}
    </div>
  );
}

/** A text that may come from a file. */
export function TextFile({ id, name, hint, value, change }: { id: string; name: string; hint: string; value: string; change: (text: string) => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const read = (event: ChangeEvent<HTMLInputElement>): void => {
    void event.target.files?.[0]?.text().then(change);
    event.target.value = "";
  };
  return (
    <Field id={id} name={name} hint={hint}>
      <Input.TextArea
        id={id}
        className="reh-text"
        autoSize={{ minRows: 3, maxRows: 12 }}
        spellCheck={false}
        value={value}
        onChange={(event) => {
          change(event.target.value);
        }}
      />
      <label className="reh-file">
        {t("rehearsal.upload")}
        <input type="file" className="sr-only" aria-label={`${t("rehearsal.upload")} · ${name}`} onChange={read} />
      </label>
    </Field>
  );
}

/** Why what was asked for can't begin. */
export function Refused({ error }: { error: ApiError | null }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  if (error === null) return null;
  return (
    <div role="alert" className="field-wrong">
      {error.problems.length === 0 ? (
        error.message
      ) : (
        <>
          {t("rehearsal.problems")}
          <ul>
            {error.problems.map((problem, at) => (
              <li key={at}>{[problem.kind, problem.name, problem.field, problem.message].filter((part) => typeof part === "string" && part !== "").join(" · ")}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
