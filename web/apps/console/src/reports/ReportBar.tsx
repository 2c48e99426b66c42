import { PrinterOutlined, ReloadOutlined, TableOutlined } from "@ant-design/icons";
import {
  columnsOf,
  everyFor,
  fits,
  MOST_SUBJECTS,
  REPORT_BY,
  REPORT_EVERY,
  REPORT_PERIODS,
  SERVICE_LEVELS,
  isStaff,
  type ReportBy,
  type ReportColumn,
  type ReportDraft,
  type ReportEvery,
  type ReportPeriod,
  type ReportSpan,
  type ServiceLevelId,
} from "@lingtong/model";
import { Button, Checkbox, Popover, Segmented, Select } from "antd";
import type { ReactElement, ReactNode } from "react";
import { RangeField } from "./RangeField";
import { useSubjects } from "./useReport";
import { subjectName, useReportWords } from "./words";

interface ReportBarProps {
  draft: ReportDraft;
  span: ReportSpan;
  columns: readonly ReportColumn[];
  change: (part: Partial<ReportDraft>) => void;
  choose: (columns: readonly string[]) => void;
  refresh: () => void;
  refreshing: boolean;
  /** What can be done with the report as a whole. */
  children?: ReactNode;
}

function ColumnChoice({ draft, columns, choose }: Pick<ReportBarProps, "draft" | "columns" | "choose">): ReactElement {
  const { t } = useReportWords();
  return (
    <div className="report-columns">
      <Checkbox.Group
        value={columns.map((column) => column.id)}
        options={columnsOf(draft.by).map((column) => ({ value: column.id, label: t(`name.${column.id}`) }))}
        onChange={choose}
      />
      <Button
        size="small"
        type="text"
        onClick={() => {
          choose([]);
        }}
      >
        {t("usual")}
      </Button>
    </div>
  );
}

function SubjectChoice({ draft, span, change }: Pick<ReportBarProps, "draft" | "span" | "change">): ReactElement {
  const { t, language } = useReportWords();
  const subjects = useSubjects(draft, span);
  return (
    <Select
      className="report-subjects"
      mode="multiple"
      allowClear
      maxTagCount="responsive"
      maxCount={MOST_SUBJECTS}
      showSearch={{ optionFilterProp: "label" }}
      aria-label={t("subjects")}
      placeholder={t("subjects")}
      value={[...draft.subjects]}
      options={subjects.map((line) => ({ value: line.subject.id, label: subjectName(t, language, line.subject) }))}
      onChange={(chosen: string[]) => {
        change({ subjects: chosen, focus: "" });
      }}
    />
  );
}

function LevelChoice({ draft, change }: Pick<ReportBarProps, "draft" | "change">): ReactElement {
  const { t } = useReportWords();
  return (
    <Select
      className="report-level"
      aria-label={t("level.label")}
      title={t(`levelAbout.${draft.level}`)}
      popupMatchSelectWidth={360}
      value={draft.level}
      options={SERVICE_LEVELS.map((level) => ({ value: level, label: t(`level.${level}`) }))}
      optionRender={(option) => (
        <span className="report-option">
          <b>{option.label}</b>
          <span>{t(`levelAbout.${option.value as ServiceLevelId}`)}</span>
        </span>
      )}
      onChange={(level: ServiceLevelId) => {
        change({ level });
      }}
    />
  );
}

/** What the report is about; all of it lives in the address bar. */
export function ReportBar({ draft, span, columns, change, choose, refresh, refreshing, children }: ReportBarProps): ReactElement {
  const { t } = useReportWords();
  const auto = everyFor("", span);
  return (
    <section className="panel report-bar" role="search" aria-label={t("by.label")}>
      <div className="report-row">
        <Segmented
          aria-label={t("by.label")}
          value={draft.by}
          options={REPORT_BY.map((by) => ({ value: by, label: t(`by.${by}`) }))}
          onChange={(by: ReportBy) => {
            change({ by, subjects: [], focus: "", columns: [] });
          }}
        />
        <SubjectChoice draft={draft} span={span} change={change} />
        <span className="report-tools">
          {children}
          <Button
            icon={<PrinterOutlined />}
            aria-label={t("print")}
            title={t("print")}
            onClick={() => {
              window.print();
            }}
          />
          <Button icon={<ReloadOutlined />} aria-label={t("refresh")} title={t("refresh")} loading={refreshing} onClick={refresh} />
        </span>
      </div>
      <div className="report-row">
        <Select
          className="report-period"
          aria-label={t("period.label")}
          value={draft.period}
          options={REPORT_PERIODS.map((period) => ({ value: period, label: t(`period.${period}`) }))}
          onChange={(period: ReportPeriod) => {
            const custom = period === "custom";
            const time = (at: number): string => (custom ? new Date(at).toISOString() : "");
            change({ period, from: time(span.from), to: time(span.to) });
          }}
        />
        {draft.period === "custom" ? (
          <RangeField
            label={t("range")}
            from={draft.from}
            to={draft.to}
            change={(from, to) => {
              change({ from, to });
            }}
          />
        ) : null}
        <Select
          className="report-every"
          aria-label={t("every.label")}
          value={draft.every}
          options={[
            { value: "" as const, label: t("every.auto", { every: t(`every.${auto}`) }), disabled: false },
            ...REPORT_EVERY.map((every) => ({ value: every, label: t(`every.${every}`), disabled: !fits(every, span) })),
          ]}
          onChange={(every: ReportEvery | "") => {
            change({ every });
          }}
        />
        {isStaff(draft.by) ? null : <LevelChoice draft={draft} change={change} />}
        <Checkbox
          checked={draft.compare}
          onChange={(event) => {
            change({ compare: event.target.checked });
          }}
        >
          {t("compare")}
        </Checkbox>
        <span className="report-tools">
          <Popover trigger="click" placement="bottomRight" content={<ColumnChoice draft={draft} columns={columns} choose={choose} />}>
            <Button icon={<TableOutlined />}>{t("columns")}</Button>
          </Popover>
        </span>
      </div>
    </section>
  );
}
