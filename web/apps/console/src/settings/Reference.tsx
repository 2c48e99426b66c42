import type { KindId } from "@lingtong/model";
import { Select } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useSettled } from "../useSettled";
import { useNames } from "./useNames";
import { list, orNothing, text, type InputProps } from "./values";

/** The server is asked for choices when nobody has typed for so long. */
const PAUSE_MS = 150;
/** So many of those chosen are shown; the rest is a number. */
const SHOWN = 8;

type ReferenceProps = Omit<InputProps, "field" | "isSet"> & {
  to: KindId | "flow";
  many: boolean;
  /** The ids of the words that say more. */
  describe?: string;
  /** What it is called, where no label is tied to it. */
  label?: string;
};

/** One other resource, or several, found by what one types. */
export function Reference({ id, value, status, disabled, change, to, many, describe, label }: ReferenceProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const [typed, setTyped] = useState("");
  const names = useNames(to as KindId, useSettled(typed.trim(), PAUSE_MS));
  return (
    <Select
      id={id}
      {...(describe === undefined ? {} : { "aria-describedby": describe })}
      {...(label === undefined ? {} : { "aria-label": label })}
      style={{ width: "100%" }}
      {...(many ? { mode: "multiple" as const, maxTagCount: SHOWN, maxTagPlaceholder: (rest: readonly unknown[]) => t("settings.andMore", { count: rest.length }) } : {})}
      value={many ? list(value) : orNothing(text(value))}
      options={names ?? []}
      loading={names === undefined}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      allowClear
      status={status}
      disabled={disabled}
      placeholder={t("settings.choose")}
      notFoundContent={t("settings.nothingToChoose")}
      onChange={(chosen: string | string[] | undefined) => {
        change(many ? (chosen ?? []) : chosen);
      }}
    />
  );
}
