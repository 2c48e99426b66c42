import type { CallbackRules as Rules } from "@lingtong/model";
import { Input, InputNumber, Switch } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { text, type InputProps } from "./values";

/** What the server takes where nothing is said. */
const NUMBERS = [
  { part: "attempts", min: 1, max: 10, fallback: 3, per: 1, unit: null },
  { part: "pause_s", min: 1, max: 1_440, fallback: 900, per: 60, unit: "minutes" },
  { part: "expire_s", min: 1, max: 168, fallback: 86_400, per: 3_600, unit: "hours" },
] as const;
const TIMES = [
  { part: "from", fallback: "09:00" },
  { part: "until", fallback: "21:00" },
] as const;

/** Whether a queue calls back by itself, how often and when. */
export function CallbackRules({ id, value, disabled, status, change }: InputProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const rules = value as Rules | undefined;
  return (
    <div className="field-rows">
      <Switch
        id={id}
        disabled={disabled}
        aria-describedby={`${id}-help`}
        checked={rules !== undefined}
        onChange={(on) => {
          change(on ? {} : undefined);
        }}
      />
      {rules === undefined ? null : (
        <div className="field-grid">
          {NUMBERS.map(({ part, min, max, fallback, per, unit }) => (
            <label key={part}>
              {t(`settings.callback.${part}`)}
              <InputNumber
                style={{ width: "100%" }}
                suffix={unit === null ? undefined : t(`settings.callback.${unit}`)}
                min={min}
                max={max}
                precision={0}
                value={Math.round((rules[part] ?? fallback) / per)}
                disabled={disabled}
                onChange={(next) => {
                  change({ ...rules, [part]: next === null ? undefined : next * per });
                }}
              />
            </label>
          ))}
          <label>
            {t("settings.callback.missed_after_s")}
            <InputNumber
              style={{ width: "100%" }}
              suffix={t("settings.callback.seconds")}
              placeholder={t("settings.callback.not")}
              min={1}
              max={3_600}
              precision={0}
              value={rules.missed_after_s ?? null}
              disabled={disabled}
              onChange={(next) => {
                change({ ...rules, missed_after_s: next ?? undefined });
              }}
            />
          </label>
          {TIMES.map(({ part, fallback }) => (
            <label key={part}>
              {t(`settings.callback.${part}`)}
              <Input
                placeholder={fallback}
                status={status}
                value={text(rules[part])}
                disabled={disabled}
                onChange={(event) => {
                  change({ ...rules, [part]: event.target.value === "" ? undefined : event.target.value });
                }}
              />
            </label>
          ))}
        </div>
      )}
    </div>
  );
}
