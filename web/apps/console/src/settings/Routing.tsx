import { sameSpec, skillRows, skillsOf, type AgentRouting, type TypedRow } from "@lingtong/model";
import { InputNumber } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Rows } from "./Rows";
import type { InputProps } from "./values";

/** Where agents are asked in a fixed order, and by lot with weights. */
const NUMBERS = [
  { part: "order", min: 0, max: 65_535, fallback: 0 },
  { part: "weight", min: 1, max: 100, fallback: 1 },
] as const;

/** What the router knows of an agent: its skills, its place in a fixed order, its share where lots are drawn. */
export function Routing(props: InputProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const routing = (props.value ?? {}) as AgentRouting;
  // A row without a name is no skill yet: it lives here alone until it has one.
  const [typed, setTyped] = useState<TypedRow[]>(() => skillRows(routing.skills));
  const rows = sameSpec(skillsOf(typed), routing.skills ?? {}) ? typed : skillRows(routing.skills);
  const put = (part: Partial<AgentRouting>): void => {
    props.change({ ...routing, ...part });
  };
  return (
    <div className="field-rows">
      <Rows
        id={props.id}
        of="skills"
        value={rows}
        status={props.status}
        disabled={props.disabled}
        change={(next) => {
          setTyped(next as TypedRow[]);
          put({ skills: skillsOf(next as TypedRow[]) });
        }}
      />
      <div className="field-row" data-parts="2">
        {NUMBERS.map(({ part, min, max, fallback }) => (
          <InputNumber
            key={part}
            aria-label={t(`settings.row.${part}`)}
            style={{ width: "100%" }}
            prefix={<span className="faint">{t(`settings.row.${part}`)}</span>}
            min={min}
            max={max}
            value={routing[part] ?? fallback}
            disabled={props.disabled}
            onChange={(next) => {
              put({ [part]: next ?? fallback });
            }}
          />
        ))}
      </div>
    </div>
  );
}
