import {
  PLAN_CODECS,
  PLAN_FIELDS,
  PLAN_GROUPS,
  USUAL_PLAN,
  type PlanCodecId,
  type PlanDraft,
  type PlanField,
  type PlanFieldId,
  type PlanProblem,
} from "@lingtong/model";
import { Panel } from "@lingtong/ui";
import { Button, Input, Select } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

interface FormProps {
  draft: PlanDraft;
  problems: ReadonlyMap<PlanFieldId, PlanProblem>;
  refused: string;
  /** Whether there is a day of own records to choose. */
  hasOwn: boolean;
  change: (draft: PlanDraft) => void;
}

const HINTS = ["peak_share", "patience_s", "seats"] as const;
const DAYS = ["usual", "own"] as const;

function One({ field, typed, problem, change }: { field: PlanField; typed: string; problem: string; change: (typed: string) => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const hint = HINTS.find((one) => one === field.id);
  return (
    <div className="plan-field">
      <label htmlFor={`plan-${field.id}`}>{t(`planner.field.${field.id}`)}</label>
      <Input
        id={`plan-${field.id}`}
        inputMode="decimal"
        autoComplete="off"
        maxLength={20}
        value={typed}
        suffix={t(`planner.unit.${field.unit}`)}
        placeholder={hint === undefined ? undefined : t(`planner.hint.${hint}`)}
        status={problem === "" ? "" : "error"}
        aria-invalid={problem !== ""}
        aria-describedby={`plan-${field.id}-help`}
        onChange={(event) => {
          change(event.target.value);
        }}
      />
      <p id={`plan-${field.id}-help`} className="field-problem">
        {problem}
      </p>
    </div>
  );
}

/** What to plan for, checked while it is typed. */
export function PlanForm({ draft, problems, refused, hasOwn, change }: FormProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const told = (id: PlanFieldId): string => {
    const problem = problems.get(id);
    if (problem === undefined) return refused === id ? t("planner.problem.refused") : "";
    return problem.what === "range" ? t("planner.problem.range", problem) : t(`planner.problem.${problem.what}`);
  };
  return (
    <Panel
      className="plan-form"
      title={t("planner.form")}
      extra={
        <Button
          size="small"
          type="text"
          onClick={() => {
            change(USUAL_PLAN);
          }}
        >
          {t("planner.reset")}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        {PLAN_GROUPS.map((group) => (
          <fieldset key={group}>
            <legend>{t(`planner.group.${group}`)}</legend>
            {PLAN_FIELDS[group].map((field) => (
              <One
                key={field.id}
                field={field}
                typed={draft.text[field.id]}
                problem={told(field.id)}
                change={(typed) => {
                  change({ ...draft, text: { ...draft.text, [field.id]: typed } });
                }}
              />
            ))}
            {group === "demand" ? (
              <div className="plan-field wide">
                <label htmlFor="plan-day">{t("planner.day")}</label>
                <Select
                  id="plan-day"
                  value={draft.day}
                  options={DAYS.map((day) => ({ value: day, label: t(`planner.dayOf.${day}`), disabled: day === "own" && !hasOwn }))}
                  onChange={(day: PlanDraft["day"]) => {
                    change({ ...draft, day });
                  }}
                />
              </div>
            ) : null}
            {group === "lines" ? (
              <div className="plan-field">
                <label htmlFor="plan-codec">{t("planner.codec")}</label>
                <Select
                  id="plan-codec"
                  value={draft.codec}
                  options={PLAN_CODECS.map((codec) => ({ value: codec, label: codec.toUpperCase() }))}
                  onChange={(codec: PlanCodecId) => {
                    change({ ...draft, codec });
                  }}
                />
              </div>
            ) : null}
          </fieldset>
        ))}
      </form>
    </Panel>
  );
}
