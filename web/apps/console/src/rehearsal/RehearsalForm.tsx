import type { RehearsalRequest, RehearsalSource, Rehearsals } from "@lingtong/api";
import { Panel } from "@lingtong/ui";
import { Button, Input, Segmented, Select } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Field, Refused, TextFile } from "./fields";
import type { FormProps } from "./JobPage";

const SOURCES = ["forecast", "recorded", "written"] as const;
type SourceKind = (typeof SOURCES)[number];

interface RehearsalFormProps extends FormProps<Rehearsals, RehearsalRequest> {
  /** A flow whose draft is chosen from the start. */
  flow: string | undefined;
}

/** The day after a day of the calendar. */
function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

/** What to rehearse: a day, and what is otherwise than today. */
export function RehearsalForm({ known, flow, mayBegin, running, refused, begin }: RehearsalFormProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const [kind, setKind] = useState<SourceKind>(known.days.length === 0 ? "written" : "forecast");
  const [day, setDay] = useState(() => dayAfter(known.today));
  const [past, setPast] = useState(known.days[0]?.day ?? "");
  const [weeks, setWeeks] = useState("4");
  const [scale, setScale] = useState("100");
  const [demand, setDemand] = useState("");
  const [flows, setFlows] = useState<string[]>(flow !== undefined && known.flow_drafts.includes(flow) ? [flow] : []);
  const [settings, setSettings] = useState("");
  const [seed, setSeed] = useState("1");
  const source = (): RehearsalSource => {
    if (kind === "recorded") return { kind, day: past };
    if (kind === "written") return { kind, day, demand };
    return { kind, day, weeks: Number(weeks), scale: Number(scale) / 100 };
  };
  const ready = kind === "recorded" ? past !== "" : day !== "" && (kind === "forecast" ? Number(weeks) > 0 && Number(scale) > 0 : demand.trim() !== "");
  const text = (id: string, value: string, change: (text: string) => void, suffix?: string): ReactElement => (
    <Input
      id={id}
      inputMode="numeric"
      maxLength={12}
      value={value}
      suffix={suffix}
      onChange={(event) => {
        change(event.target.value);
      }}
    />
  );
  return (
    <Panel className="reh-form" title={t("rehearsal.form")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          begin({ source: source(), draft: { flows, settings }, seed: Number(seed) });
        }}
      >
        <Segmented
          block
          aria-label={t("rehearsal.source")}
          value={kind}
          options={SOURCES.map((one) => ({ value: one, label: t(`rehearsal.sourceOf.${one}`) }))}
          onChange={setKind}
        />
        {kind === "recorded" ? (
          <Field id="reh-past" name={t("rehearsal.day")}>
            <Select
              id="reh-past"
              value={past === "" ? null : past}
              placeholder={t("rehearsal.noDays")}
              options={known.days.map((one) => ({ value: one.day, label: t("rehearsal.dayCalls", one) }))}
              onChange={setPast}
            />
          </Field>
        ) : (
          <Field id="reh-day" name={t("rehearsal.day")}>
            <Input
              id="reh-day"
              type="date"
              value={day}
              onChange={(event) => {
                setDay(event.target.value);
              }}
            />
          </Field>
        )}
        {kind === "forecast" ? (
          <div className="reh-pair">
            <Field id="reh-weeks" name={t("rehearsal.weeks")}>
              {text("reh-weeks", weeks, setWeeks)}
            </Field>
            <Field id="reh-scale" name={t("rehearsal.scale")} hint={t("rehearsal.scaleHint")}>
              {text("reh-scale", scale, setScale, "%")}
            </Field>
          </div>
        ) : null}
        {kind === "written" ? <TextFile id="reh-demand" name={t("rehearsal.demand")} hint={t("rehearsal.demandHint")} value={demand} change={setDemand} /> : null}
        <h3>{t("rehearsal.draft")}</h3>
        <Field id="reh-flows" name={t("rehearsal.flows")}>
          <Select
            id="reh-flows"
            mode="multiple"
            value={flows}
            placeholder={t(known.flow_drafts.length === 0 ? "rehearsal.flowsNone" : "rehearsal.flowsPlace")}
            options={known.flow_drafts.map((name) => ({ value: name, label: name }))}
            onChange={setFlows}
          />
        </Field>
        <TextFile id="reh-settings" name={t("rehearsal.settings")} hint={t("rehearsal.settingsHint")} value={settings} change={setSettings} />
        <Field id="reh-seed" name={t("rehearsal.seed")}>
          {text("reh-seed", seed, setSeed)}
        </Field>
        <Refused error={refused} />
        <Button type="primary" htmlType="submit" disabled={!mayBegin || !ready || running}>
          {t("rehearsal.begin")}
        </Button>
        {mayBegin ? null : <p className="faint">{t("rehearsal.notAllowed")}</p>}
      </form>
    </Panel>
  );
}
