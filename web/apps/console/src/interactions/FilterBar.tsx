import { CloseOutlined, ReloadOutlined } from "@ant-design/icons";
import type { LiveQueue } from "@lingtong/api";
import { activeConditions, DIRECTIONS, instantOf, NO_FILTER, OUTCOMES, parseTime, PERIODS, titleIn, wallOf, type InteractionFilter } from "@lingtong/model";
import { useKeys, useLocality } from "@lingtong/ui";
import { Button, DatePicker, Input, Select, Segmented, type InputRef } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useLivePart } from "../useLive";

/** Typing is applied after this pause, so that a number is not looked up digit by digit. */
const TYPING_MS = 350;

interface FilterBarProps {
  filter: InteractionFilter;
  change: (part: Partial<InteractionFilter>) => void;
  refresh: () => void;
  refreshing: boolean;
}

/** A number or a tag; what is typed is looked up after a pause, or at once by Enter. */
function TypedField({ name, filter, change }: { name: "number" | "tag" } & Pick<FilterBarProps, "filter" | "change">): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const [text, setText] = useState(filter[name]);
  const [applied, setApplied] = useState(filter[name]);
  const field = useRef<InputRef>(null);
  useKeys(name === "number" ? { "/": () => field.current?.focus({ cursor: "all" }) } : {});
  if (applied !== filter[name]) {
    setApplied(filter[name]);
    setText(filter[name]);
  }
  useEffect(() => {
    if (text === applied) return undefined;
    const timer = setTimeout(() => {
      change({ [name]: text.trim() });
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text, applied, change, name]);
  return (
    <Input
      ref={field}
      className={`filter-${name}`}
      allowClear
      aria-label={t(`filter.${name}`)}
      placeholder={t(`filter.${name}`)}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
      }}
      onPressEnter={() => {
        change({ [name]: text.trim() });
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") field.current?.blur();
      }}
    />
  );
}

/** Dates are picked on the tenant's wall clock, whatever zone this machine is in. */
function CustomRange({ filter, change }: Pick<FilterBarProps, "filter" | "change">): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const shown = (at: string): Dayjs | null => {
    if (at === "") return null;
    const wall = new Date(wallOf(timeZone, parseTime(at)));
    return dayjs(new Date(wall.getTime() + wall.getTimezoneOffset() * 60_000));
  };
  const picked = (day: Dayjs | null): string => {
    if (day === null) return "";
    const wall = Date.UTC(day.year(), day.month(), day.date(), day.hour(), day.minute());
    return new Date(instantOf(timeZone, wall)).toISOString();
  };
  return (
    <DatePicker.RangePicker
      showTime={{ format: "HH:mm" }}
      format="YYYY-MM-DD HH:mm"
      allowEmpty={[true, true]}
      aria-label={t("filter.range")}
      value={[shown(filter.from), shown(filter.to)]}
      onChange={(range) => {
        change({ period: "custom", from: picked(range?.[0] ?? null), to: picked(range?.[1] ?? null) });
      }}
    />
  );
}

function useQueueOptions(): { value: string; label: string }[] {
  const { i18n } = useTranslation(["console", "ui"]);
  const queues = useLivePart((board) => board?.queues);
  const label = (queue: LiveQueue): string => titleIn(queue.title, i18n.language);
  return [...(queues?.values() ?? [])].map((queue) => ({ value: queue.id, label: label(queue) }));
}

function useAgentOptions(): { value: string; label: string }[] {
  const agents = useLivePart((board) => board?.agents);
  return [...(agents?.values() ?? [])].map((agent) => ({ value: agent.id, label: `${agent.number} ${agent.name}` }));
}

/** The conditions of the list; all of them live in the address bar. */
export function FilterBar({ filter, change, refresh, refreshing }: FilterBarProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const queues = useQueueOptions();
  const agents = useAgentOptions();
  const [custom, setCustom] = useState(filter.period === "custom");
  return (
    <div className="filter-bar" role="search" aria-label={t("filter.label")}>
      <Segmented
        aria-label={t("filter.period")}
        value={custom ? "custom" : filter.period}
        options={PERIODS.map((period) => ({ value: period, label: t(`period.${period}`) }))}
        onChange={(period) => {
          setCustom(period === "custom");
          if (period !== "custom") change({ period, from: "", to: "" });
        }}
      />
      {custom ? <CustomRange filter={filter} change={change} /> : null}
      <TypedField name="number" filter={filter} change={change} />
      <TypedField name="tag" filter={filter} change={change} />
      {queues.length === 0 ? null : (
        <Select
          className="filter-select"
          allowClear
          aria-label={t("column.queue")}
          placeholder={t("column.queue")}
          options={queues}
          value={filter.queue === "" ? null : filter.queue}
          onChange={(queue: string | undefined) => {
            change({ queue: queue ?? "" });
          }}
        />
      )}
      {agents.length === 0 ? null : (
        <Select
          className="filter-select"
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          aria-label={t("column.agent")}
          placeholder={t("column.agent")}
          options={agents}
          value={filter.agent === "" ? null : filter.agent}
          onChange={(agent: string | undefined) => {
            change({ agent: agent ?? "" });
          }}
        />
      )}
      <Select
        className="filter-select filter-short"
        allowClear
        aria-label={t("filter.direction")}
        placeholder={t("filter.direction")}
        options={DIRECTIONS.map((one) => ({ value: one, label: t(`direction.${one}`) }))}
        value={filter.direction === "" ? null : filter.direction}
        onChange={(direction: string | undefined) => {
          change({ direction: direction ?? "" });
        }}
      />
      <Select
        className="filter-select filter-short"
        allowClear
        aria-label={t("column.outcome")}
        placeholder={t("column.outcome")}
        options={OUTCOMES.map((one) => ({ value: one, label: t(`outcome.${one}`) }))}
        value={filter.outcome === "" ? null : filter.outcome}
        onChange={(outcome: string | undefined) => {
          change({ outcome: outcome ?? "" });
        }}
      />
      {activeConditions(filter) === 0 ? null : (
        <Button
          type="text"
          icon={<CloseOutlined />}
          onClick={() => {
            change({ ...NO_FILTER, period: filter.period, from: filter.from, to: filter.to });
          }}
        >
          {t("filter.clear")}
        </Button>
      )}
      <Button className="filter-refresh" icon={<ReloadOutlined />} loading={refreshing} onClick={refresh}>
        {t("filter.refresh")}
      </Button>
    </div>
  );
}
