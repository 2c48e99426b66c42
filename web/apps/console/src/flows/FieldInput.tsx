import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import type { FormField } from "@lingtong/model/flow";
import { Button, Input, InputNumber, Select, Space, Switch } from "antd";
import { useState, type ReactElement } from "react";
import { DatesInput, WeeklyInput } from "./HoursInput";
import { ExpressionInput } from "./ExpressionInput";
import { SayInput } from "./SayInput";
import type { Bank } from "./summary";
import { choiceName, fieldName, useFlowWords, type FlowWords } from "./words";

/** Causes that a flow gives: the others are the network's. */
const CAUSES = ["normal", "busy", "declined", "no_answer", "not_found"];
const TARGETS = ["number", "agent", "sip", "setting"] as const;
const MAILBOXES = ["queue", "agent"] as const;

export interface InputProps {
  field: FormField;
  value: unknown;
  bank: Bank;
  flows: readonly string[];
  disabled: boolean;
  change: (value: unknown) => void;
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** What is typed as a value: a number or a yes is one, everything else is a text. */
function asValue(typed: string): unknown {
  if (typed === "true" || typed === "false") return typed === "true";
  return /^-?(?:0|[1-9]\d{0,14})$/.test(typed) ? Number(typed) : typed;
}

function Prefixed({ sorts, names, value, label, disabled, queues, change }: { sorts: readonly string[]; names: (sort: string) => string; value: string; label: string; disabled: boolean; queues: Bank["queues"] | null; change: (value: string) => void }): ReactElement {
  const colon = value.indexOf(":");
  const [sort, rest] = colon < 0 ? [sorts[0] ?? "", value] : [value.slice(0, colon), value.slice(colon + 1)];
  return (
    <Space.Compact block>
      <Select aria-label={label} className="field-sort" disabled={disabled} value={sort} options={sorts.map((one) => ({ value: one, label: names(one) }))} onChange={(next: string) => { change(`${next}:${rest}`); }} />
      {sort === "queue" && queues !== null ? (
        <Select className="field-rest" aria-label={label} disabled={disabled} value={rest} options={[...queues].map(([name, title]) => ({ value: name, label: title }))} onChange={(next: string) => { change(`${sort}:${next}`); }} />
      ) : (
        <Input aria-label={label} disabled={disabled} value={rest} onChange={(event) => { change(`${sort}:${event.target.value}`); }} />
      )}
    </Space.Compact>
  );
}

function NamedInput({ field, format, value, bank, flows, disabled, change, t }: InputProps & { format: string; t: FlowWords }): ReactElement {
  const label = fieldName(t, field.name);
  const text = asText(value);
  const placeholder = asText(field.fallback);
  if (format === "target") return <Prefixed sorts={TARGETS} names={(sort) => t(`form.targetSort.${sort as "number"}`)} value={text} label={label} disabled={disabled} queues={null} change={change} />;
  if (format === "mailbox") return <Prefixed sorts={MAILBOXES} names={(sort) => t(`form.mailboxSort.${sort as "agent"}`)} value={text} label={label} disabled={disabled} queues={bank.queues} change={change} />;
  const choices: Partial<Record<string, { value: string; label: string }[]>> = {
    queue: [...bank.queues].map(([name, title]) => ({ value: name, label: title })),
    database: bank.databases.map((name) => ({ value: name, label: name })),
    flow: flows.map((name) => ({ value: name, label: name })),
    language: ["zh", "en"].map((name) => ({ value: name, label: choiceName(t, name) })),
    cause: CAUSES.map((name) => ({ value: name, label: choiceName(t, name) })),
  };
  if (format === "expression") return <ExpressionInput label={label} value={text} bank={bank} disabled={disabled} change={change} />;
  if (format === "template") return <ExpressionInput label={label} value={text} bank={bank} disabled={disabled} template={{ placeholder: t("form.templateHint"), rows: 1 }} change={change} />;
  if (format === "statement") return <ExpressionInput label={label} value={text} bank={bank} disabled={disabled} template={{ placeholder: t("form.statementHint"), rows: 3 }} change={change} />;
  const options = choices[format];
  if (options === undefined) {
    return <Input aria-label={label} disabled={disabled} value={text} placeholder={placeholder} onChange={(event) => { change(event.target.value === "" && !field.required ? undefined : event.target.value); }} />;
  }
  const known = text === "" || options.some((option) => option.value === text);
  return (
    <Select
      aria-label={label}
      showSearch={{ optionFilterProp: "label" }}
      allowClear={!field.required}
      disabled={disabled}
      value={text === "" ? null : text}
      placeholder={placeholder === "" ? undefined : choiceName(t, placeholder)}
      options={known ? options : [{ value: text, label: text }, ...options]}
      onChange={(next: string | null | undefined) => { change(next ?? undefined); }}
    />
  );
}

type Line = (props: { name: string; value: unknown; change: (value: unknown) => void }) => ReactElement;

/** Names with something each; `line` is how one is filled in. */
function ValuesInput({ value, disabled, change, line }: Pick<InputProps, "value" | "disabled" | "change"> & { line: Line }): ReactElement {
  const { t } = useFlowWords();
  const entries = Object.entries((typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>);
  const [typed, setTyped] = useState("");
  const add = (): void => {
    if (typed !== "" && !entries.some(([name]) => name === typed)) change(Object.fromEntries([...entries, [typed, ""]]));
    setTyped("");
  };
  return (
    <div className="values">
      {entries.map(([name, one]) => (
        <div key={name} className="values-row">
          <code>{name}</code>
          {line({ name, value: one, change: (next) => { change(Object.fromEntries(entries.map(([key, old]) => [key, key === name ? (next ?? "") : old]))); } })}
          {disabled ? null : <Button type="text" size="small" icon={<CloseOutlined />} aria-label={`${name} ${t("form.remove")}`} onClick={() => { change(Object.fromEntries(entries.filter(([key]) => key !== name))); }} />}
        </div>
      ))}
      {disabled ? null : <Input.Search size="small" value={typed} placeholder={t("form.valueName")} aria-label={t("form.valueName")} enterButton={<PlusOutlined aria-label={t("form.addValue")} />} onChange={(event) => { setTyped(event.target.value.trim()); }} onSearch={add} />}
    </div>
  );
}

/** A field of no known form, as it is stored. */
function JsonInput({ value, label, disabled, change }: { value: unknown; label: string; disabled: boolean; change: (value: unknown) => void }): ReactElement {
  const { t } = useFlowWords();
  const [typed, setTyped] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 1)));
  const [wrong, setWrong] = useState(false);
  const leave = (): void => {
    try {
      change(typed.trim() === "" ? undefined : (JSON.parse(typed) as unknown));
      setWrong(false);
    } catch {
      setWrong(true);
    }
  };
  return (
    <>
      <Input.TextArea autoSize={{ minRows: 2, maxRows: 10 }} aria-label={label} disabled={disabled} status={wrong ? "error" : ""} value={typed} onChange={(event) => { setTyped(event.target.value); }} onBlur={leave} />
      {wrong ? <span role="alert" className="field-wrong">{t("form.badJson")}</span> : null}
    </>
  );
}

/** A field of a node, filled in as its schema says. */
export function FieldInput(props: InputProps): ReactElement {
  const { field, value, bank, disabled, change } = props;
  const { t } = useFlowWords();
  const label = fieldName(t, field.name);
  switch (field.type) {
    case "say":
      return <SayInput value={value} fallback={field.fallback} bank={bank} label={label} disabled={disabled} change={change} />;
    case "switch":
      return <Switch size="small" aria-label={label} disabled={disabled} checked={value === undefined ? field.fallback === true : value === true} onChange={(on) => { change(on === field.fallback ? undefined : on); }} />;
    case "number":
      return <InputNumber aria-label={label} disabled={disabled} min={field.min ?? Number.MIN_SAFE_INTEGER} max={field.max ?? Number.MAX_SAFE_INTEGER} precision={0} value={typeof value === "number" ? value : null} placeholder={asText(field.fallback)} onChange={(next) => { change(next ?? undefined); }} />;
    case "choice":
      return <Select aria-label={label} disabled={disabled} value={asText(value ?? field.fallback)} options={field.options.map((one) => ({ value: one, label: choiceName(t, one) }))} onChange={change} />;
    case "named":
      return <NamedInput {...props} format={field.format} t={t} />;
    case "weekly":
      return <WeeklyInput value={value} disabled={disabled} change={change} />;
    case "dates":
      return <DatesInput value={value} disabled={disabled} change={change} />;
    case "texts":
      return <Select mode="tags" open={false} aria-label={label} disabled={disabled} value={Array.isArray(value) ? value.map(asText) : []} onChange={(next: string[]) => { change(next.length === 0 && !field.required ? undefined : next); }} />;
    case "days":
      return <Select mode="tags" open={false} aria-label={label} disabled={disabled} placeholder={t("form.dayHint")} value={Array.isArray(value) ? value.map(asText) : []} onChange={(next: string[]) => { change(next.length === 0 ? undefined : next); }} />;
    case "values":
      return <ValuesInput value={value} disabled={disabled} change={change} line={({ name, value: one, change: put }) => <Input size="small" aria-label={name} disabled={disabled} placeholder={t("form.valueOf")} value={asText(one)} onChange={(event) => { put(asValue(event.target.value)); }} />} />;
    case "templates":
      return <ValuesInput value={value} disabled={disabled} change={change} line={({ name, value: one, change: put }) => <ExpressionInput label={name} value={asText(one)} bank={bank} disabled={disabled} template={{ placeholder: t("form.templateHint"), rows: 1 }} change={put} />} />;
    case "columns":
    case "paths":
      return <ValuesInput value={value} disabled={disabled} change={change} line={({ name, value: one, change: put }) => <Input size="small" className="mono" aria-label={name} disabled={disabled} placeholder={t(field.type === "paths" ? "form.pathHint" : "form.columnHint")} value={asText(one)} onChange={(event) => { put(event.target.value); }} />} />;
    case "expressions":
      return <ValuesInput value={value} disabled={disabled} change={change} line={({ name, value: one, change: put }) => <ExpressionInput label={name} value={asText(one)} bank={bank} disabled={disabled} change={put} />} />;
    case "value":
      return <Input aria-label={label} disabled={disabled} value={asText(value)} placeholder={t("form.valueOf")} onChange={(event) => { change(event.target.value === "" ? undefined : asValue(event.target.value)); }} />;
    case "json":
      return <JsonInput value={value} label={label} disabled={disabled} change={change} />;
    case "text":
      return <Input aria-label={label} disabled={disabled} value={asText(value)} placeholder={asText(field.fallback)} onChange={(event) => { change(event.target.value === "" && !field.required ? undefined : event.target.value); }} />;
  }
}
