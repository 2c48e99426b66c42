import type { ReplayRequest, Replays } from "@lingtong/api";
import { Panel } from "@lingtong/ui";
import { Button, Input, Select } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Field, Refused, TextFile } from "./fields";
import type { FormProps } from "./JobPage";
import { PolicyEditor, documentsOf, type PolicyDraft } from "./PolicyEditor";

/** What to replay: a day that has been, and what would be otherwise. */
export function ReplayForm({ known, mayBegin, running, refused, begin }: FormProps<Replays, ReplayRequest>): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const [day, setDay] = useState(known.days[0]?.day ?? "");
  const [draft, setDraft] = useState<PolicyDraft>({});
  const [settings, setSettings] = useState("");
  const [seed, setSeed] = useState("1");
  return (
    <Panel className="reh-form" title={t("replay.form")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const parts = [documentsOf(draft), settings].filter((part) => part.trim() !== "");
          begin({ day, settings: parts.join("\n---\n"), seed: Number(seed) });
        }}
      >
        <Field id="rep-day" name={t("rehearsal.day")}>
          <Select
            id="rep-day"
            value={day === "" ? null : day}
            placeholder={t("replay.noDays")}
            options={known.days.map((one) => ({ value: one.day, label: t("replay.dayCalls", one) }))}
            onChange={setDay}
          />
        </Field>
        <h3>{t("replay.policy")}</h3>
        <PolicyEditor draft={draft} change={setDraft} />
        <TextFile id="rep-settings" name={t("rehearsal.settings")} hint={t("rehearsal.settingsHint")} value={settings} change={setSettings} />
        <Field id="rep-seed" name={t("rehearsal.seed")}>
          <Input
            id="rep-seed"
            inputMode="numeric"
            maxLength={12}
            value={seed}
            onChange={(event) => {
              setSeed(event.target.value);
            }}
          />
        </Field>
        <Refused error={refused} />
        <Button type="primary" htmlType="submit" disabled={!mayBegin || day === "" || running}>
          {t("replay.begin")}
        </Button>
        {mayBegin ? null : <p className="faint">{t("replay.notAllowed")}</p>}
      </form>
    </Panel>
  );
}
