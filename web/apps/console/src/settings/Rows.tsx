import { ROWS, type RowPart, type RowsId, type TypedRow } from "@lingtong/model";
import { Button, Input, InputNumber } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Reference } from "./Reference";
import { text, type InputProps } from "./values";

type RowsProps = Pick<InputProps, "id" | "value" | "status" | "disabled" | "change"> & { of: RowsId };
type PartProps = Pick<InputProps, "status" | "disabled"> & {
  id: string;
  part: RowPart;
  value: string | number | undefined;
  change: (value: string | number) => void;
};

function Part({ id, part, value, status, disabled, change }: PartProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const label = t(`settings.row.${part.name}`);
  const common = { "aria-label": label, status, disabled };
  switch (part.type) {
    case "text":
      return (
        <Input
          {...common}
          placeholder={label}
          value={value ?? ""}
          onChange={(event) => {
            change(event.target.value);
          }}
        />
      );
    case "number":
      return (
        <InputNumber
          {...common}
          style={{ width: "100%" }}
          prefix={<span className="faint">{label}</span>}
          min={part.min}
          max={part.max}
          value={typeof value === "number" ? value : part.min}
          suffix={part.unit === undefined ? undefined : t(`settings.unit.${part.unit}`)}
          onChange={(next) => {
            change(next ?? part.min);
          }}
        />
      );
    case "ref":
      return (
        <Reference
          id={id}
          label={label}
          value={value}
          status={status}
          disabled={disabled}
          to={part.to}
          many={false}
          change={(next) => {
            change(text(next));
          }}
        />
      );
  }
}

/** Things that are said in several parts, one a row. */
export function Rows({ id, value, status, disabled, change, of }: RowsProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { fresh } = ROWS[of];
  const parts: readonly RowPart[] = ROWS[of].parts;
  const rows = (Array.isArray(value) ? value : []) as TypedRow[];
  return (
    <div className="field-rows" role="group" aria-labelledby={`${id}-label`}>
      {rows.map((row, at) => (
        <div key={at} className="field-row" data-parts={parts.length}>
          {parts.map((part) => (
            <Part
              key={part.name}
              id={`${id}-${String(at)}-${part.name}`}
              part={part}
              value={row[part.name]}
              status={status}
              disabled={disabled}
              change={(next) => {
                change(rows.map((other, place) => (place === at ? { ...other, [part.name]: next } : other)));
              }}
            />
          ))}
          <Button
            type="text"
            aria-label={t("settings.row.remove")}
            disabled={disabled}
            onClick={() => {
              change(rows.filter((_, place) => place !== at));
            }}
          >
            ✕
          </Button>
        </div>
      ))}
      <Button
        id={id}
        aria-describedby={`${id}-help`}
        disabled={disabled}
        onClick={() => {
          change([...rows, { ...fresh }]);
        }}
      >
        {t("settings.row.add")}
      </Button>
    </div>
  );
}
