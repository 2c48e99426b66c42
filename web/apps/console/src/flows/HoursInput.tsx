import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState, type ReactElement } from "react";
import { useFlowWords, type FlowWords } from "./words";

type Span = readonly [string, string];
type Days = Readonly<Record<string, readonly Span[]>>;
const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
/** What a shop is open for when nobody has said. */
const USUAL: Span = ["09:00", "18:00"];

function asDays(value: unknown): Days {
  if (typeof value !== "object" || value === null) return {};
  const spans = (list: unknown): Span[] => (Array.isArray(list) ? list.filter((span): span is Span => Array.isArray(span) && span.length === 2 && span.every((end) => typeof end === "string")) : []);
  return Object.fromEntries(Object.entries(value).map(([day, list]) => [day, spans(list)]));
}

interface SpansProps {
  day: string;
  spans: readonly Span[];
  disabled: boolean;
  t: FlowWords;
  change: (spans: readonly Span[]) => void;
}

function Spans({ day, spans, disabled, t, change }: SpansProps): ReactElement {
  const end = (span: Span, index: number, which: 0 | 1): ReactElement => (
    <input
      className="hours-time"
      type="text"
      inputMode="numeric"
      maxLength={5}
      disabled={disabled}
      aria-label={`${day} ${t(which === 0 ? "form.from" : "form.until")}`}
      value={span[which]}
      onChange={(event) => {
        const next: Span = which === 0 ? [event.target.value, span[1]] : [span[0], event.target.value];
        change(spans.map((one, at) => (at === index ? next : one)));
      }}
    />
  );
  return (
    <div className="hours-spans">
      {spans.length === 0 ? <span className="faint">{t("form.closedDay")}</span> : null}
      {spans.map((span, index) => (
        <span key={index} className="hours-span">
          {end(span, index, 0)}–{end(span, index, 1)}
          {disabled ? null : <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("form.remove")} onClick={() => { change(spans.filter((_, at) => at !== index)); }} />}
        </span>
      ))}
      {disabled ? null : <Button type="text" size="small" icon={<PlusOutlined />} aria-label={`${day} ${t("form.addSpan")}`} onClick={() => { change([...spans, spans.length === 0 ? USUAL : ["13:30", "18:00"]]); }} />}
    </div>
  );
}

interface HoursProps {
  value: unknown;
  disabled: boolean;
  change: (value: unknown) => void;
}

/** Opening hours by weekday. A day without any is closed. */
export function WeeklyInput({ value, disabled, change }: HoursProps): ReactElement {
  const { t } = useFlowWords();
  const days = asDays(value);
  return (
    <div className="hours">
      {WEEK.map((day) => (
        <div key={day} className="hours-day">
          <b>{t(`form.day.${day}`)}</b>
          <Spans
            day={t(`form.day.${day}`)}
            spans={days[day] ?? []}
            disabled={disabled}
            t={t}
            change={(spans) => {
              change(Object.fromEntries(WEEK.flatMap((name) => {
                const list = name === day ? spans : days[name];
                return list === undefined || list.length === 0 ? [] : [[name, list]];
              })));
            }}
          />
        </div>
      ))}
    </div>
  );
}

/** Single days with hours of their own. */
export function DatesInput({ value, disabled, change }: HoursProps): ReactElement {
  const { t } = useFlowWords();
  const days = asDays(value);
  const [typed, setTyped] = useState("");
  const put = (next: Days): void => {
    change(Object.keys(next).length === 0 ? undefined : next);
  };
  const add = (): void => {
    if (typed === "" || days[typed] !== undefined) return;
    put({ ...days, [typed]: [USUAL] });
    setTyped("");
  };
  return (
    <div className="hours">
      {Object.entries(days).map(([day, spans]) => (
        <div key={day} className="hours-day hours-date">
          <b className="num">{day}</b>
          <Spans day={day} spans={spans} disabled={disabled} t={t} change={(next) => { put({ ...days, [day]: next }); }} />
          {disabled ? null : <Button type="text" size="small" icon={<CloseOutlined />} aria-label={`${day} ${t("form.remove")}`} onClick={() => { put(Object.fromEntries(Object.entries(days).filter(([one]) => one !== day))); }} />}
        </div>
      ))}
      {disabled ? null : (
        <Input.Search size="small" value={typed} placeholder="2026-10-10" aria-label={t("form.date")} enterButton={<PlusOutlined aria-label={t("form.addDay")} />} onChange={(event) => { setTyped(event.target.value.trim()); }} onSearch={add} />
      )}
    </div>
  );
}
