import { madeUpSecret } from "@lingtong/model";
import { Button, Checkbox, Input, InputNumber, Segmented, Select, Switch } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { CallbackRules } from "./CallbackRules";
import { PERMISSIONS, permissionWord } from "./permissions";
import { Reference } from "./Reference";
import { Routing } from "./Routing";
import { Rows } from "./Rows";
import { useNames } from "./useNames";
import { list, orNothing, text, type InputProps } from "./values";

const BUILT_IN = ["agent", "supervisor", "quality", "operator", "admin", "auditor"] as const;
const TARGETS = ["queue", "flow", "agent"] as const;
type Target = (typeof TARGETS)[number];

/** Typed words of a name: a choice is found by any of them. */
const byLabel = (typed: string, option?: { label?: unknown }): boolean =>
  typeof option?.label === "string" && option.label.toLowerCase().includes(typed.toLowerCase());


function Roles(props: InputProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const own = useNames("role");
  const options = [...BUILT_IN.map((role) => ({ value: role, label: t(`role.${role}`) })), ...(own ?? [])];
  return (
    <Select
      id={props.id}
      aria-describedby={`${props.id}-help`}
      style={{ width: "100%" }}
      mode="multiple"
      value={list(props.value)}
      options={options}
      showSearch={{ filterOption: byLabel }}
      status={props.status}
      disabled={props.disabled}
      placeholder={t("settings.choose")}
      onChange={props.change}
    />
  );
}

function Permissions({ id, value, disabled, change }: InputProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const options = PERMISSIONS.map((name) => ({
    value: name,
    label: t(`settings.permission.${permissionWord(name)}`),
  }));
  return <Checkbox.Group className="field-checks" aria-labelledby={`${id}-label`} value={list(value)} options={options} disabled={disabled} onChange={change} />;
}

function TargetInput(props: InputProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const [[kind, name] = ["queue", ""]] = Object.entries((props.value ?? {}) as Partial<Record<Target, string>>);
  const [chosen, setChosen] = useState<Target>(kind as Target);
  return (
    <div className="field-target">
      <Segmented
        aria-labelledby={`${props.id}-label`}
        value={chosen}
        disabled={props.disabled}
        options={TARGETS.map((target) => ({ value: target, label: t(`settings.target.${target}`) }))}
        onChange={(target) => {
          setChosen(target);
          props.change(undefined);
        }}
      />
      <Reference
        {...props}
        describe={`${props.id}-help`}
        to={chosen}
        many={false}
        value={kind === chosen ? name : ""}
        change={(to) => {
          props.change(typeof to === "string" ? { [chosen]: to } : undefined);
        }}
      />
    </div>
  );
}

function Secret({ field, id, value, isSet, status, disabled, change }: InputProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const [shown, setShown] = useState(false);
  const makesUp = field.type === "secret" && field.makeUp === true;
  return (
    <div className="field-secret">
      <Input.Password
        id={id}
        aria-describedby={`${id}-help`}
        autoComplete="new-password"
        visibilityToggle={{ visible: shown, onVisibleChange: setShown }}
        value={text(value)}
        status={status}
        disabled={disabled}
        placeholder={t(isSet ? "settings.secretSet" : "settings.secretUnset")}
        onChange={(event) => {
          change(orNothing(event.target.value));
        }}
      />
      {makesUp && !disabled ? (
        <Button
          onClick={() => {
            setShown(true);
            change(madeUpSecret((bytes) => crypto.getRandomValues(bytes)));
          }}
        >
          {t("settings.makeUp")}
        </Button>
      ) : null}
    </div>
  );
}

function TitleInput({ id, value, status, disabled, change }: InputProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const title = (value ?? {}) as { zh?: string; en?: string };
  return (
    <div className="field-title" role="group" aria-labelledby={`${id}-label`}>
      {(["zh", "en"] as const).map((language) => (
        <Input
          key={language}
          id={language === "zh" ? id : `${id}-en`}
          aria-label={t(`settings.title.${language}`)}
          prefix={<span className="faint">{t(`settings.title.${language}`)}</span>}
          value={title[language] ?? ""}
          status={status}
          disabled={disabled}
          onChange={(event) => {
            const next = { zh: title.zh ?? "", en: title.en ?? "", [language]: event.target.value };
            change(next.zh === "" && next.en === "" ? undefined : next);
          }}
        />
      ))}
    </div>
  );
}

/** The control that fits a field. */
export function FieldInput(props: InputProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { field, id, value, status, disabled, change } = props;
  const common = { id, status, disabled, "aria-describedby": `${id}-help` };
  switch (field.type) {
    case "ref":
    case "refs":
      return <Reference {...props} describe={`${id}-help`} to={field.to} many={field.type === "refs"} />;
    case "roles":
      return <Roles {...props} />;
    case "permissions":
      return <Permissions {...props} />;
    case "target":
      return <TargetInput {...props} />;
    case "secret":
      return <Secret {...props} />;
    case "title":
      return <TitleInput {...props} />;
    case "number":
      return (
        <InputNumber
          {...common}
          min={field.min}
          max={field.max}
          style={{ width: 180 }}
          value={typeof value === "number" ? value : (field.fallback ?? null)}
          placeholder={t(field.optional === true ? "settings.noValue" : "settings.noLimit")}
          suffix={field.unit === undefined ? undefined : t(`settings.unit.${field.unit}`)}
          onChange={(next) => {
            change(next ?? undefined);
          }}
        />
      );
    case "switch":
      return <Switch id={id} disabled={disabled} aria-describedby={`${id}-help`} checked={typeof value === "boolean" ? value : field.fallback} onChange={change} />;
    case "choice":
      return (
        <Select
          {...common}
          style={{ width: "100%" }}
          value={text(value) || field.fallback}
          options={field.options.map((option) => ({ value: option, label: t(`settings.choice.${option}`) }))}
          onChange={change}
        />
      );
    case "choices":
      return (
        <Select
          {...common}
          mode="multiple"
          style={{ width: "100%" }}
          value={Array.isArray(value) ? list(value) : [...field.fallback]}
          options={field.options.map((option) => ({ value: option, label: t(`settings.choice.${option}`) }))}
          showSearch={{ filterOption: byLabel }}
          placeholder={t("settings.all")}
          onChange={change}
        />
      );
    case "texts":
      return <Texts {...props} />;
    case "rows":
      return <Rows {...props} of={field.of} />;
    case "routing":
      return <Routing {...props} />;
    case "callback":
      return <CallbackRules {...props} />;
    case "value":
    case "text":
      return Array.isArray(value) ? (
        <Texts {...props} />
      ) : (
        <Input
          {...common}
          autoComplete="off"
          value={text(value)}
          onChange={(event) => {
            change(orNothing(event.target.value));
          }}
        />
      );
  }
}

function Texts({ id, value, status, disabled, change }: InputProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <Select
      id={id}
      aria-describedby={`${id}-help`}
      style={{ width: "100%" }}
      mode="tags"
      open={false}
      suffix={null}
      tokenSeparators={[",", " ", "，", "、"]}
      value={list(value)}
      status={status}
      disabled={disabled}
      placeholder={t("settings.typeAndEnter")}
      onChange={change}
    />
  );
}
