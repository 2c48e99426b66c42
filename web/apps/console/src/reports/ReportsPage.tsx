import { reportFromSearch, reportToSearch, type ReportColumn, type ReportDraft } from "@lingtong/model";
import { EmptyState, ErrorState, Panel, Skeleton, useKeys } from "@lingtong/ui";
import "@lingtong/ui/plot.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useCallback, useMemo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useTitle } from "../useTitle";
import { CoursePlots } from "./CoursePlots";
import { CourseTable } from "./CourseTable";
import { ExportMenu } from "./ExportMenu";
import { HonestyPanel } from "./HonestyPanel";
import { ReportBar } from "./ReportBar";
import { SumTable } from "./SumTable";
import { useColumns } from "./useColumns";
import { useFormat } from "./useFormat";
import { useReport, type Shown } from "./useReport";
import { ViewsMenu } from "./ViewsMenu";
import { useReportWords } from "./words";
import "./reports.css";

/** Intervals within a day and a half are told by the time of day alone. */
const ONE_DAY_MS = 36 * 3_600_000;

function instant(at: number): string {
  return new Date(at).toISOString();
}

function Waiting(): ReactElement {
  return (
    <>
      <Panel>
        <Skeleton rows={5} />
      </Panel>
      <Panel>
        <Skeleton rows={8} />
      </Panel>
    </>
  );
}

function Empty({ draft, change }: { draft: ReportDraft; change: (part: Partial<ReportDraft>) => void }): ReactElement {
  const { t } = useReportWords();
  const narrowed = draft.subjects.length > 0;
  return (
    <Panel>
      <EmptyState
        title={t(narrowed ? "emptySubjects" : "empty")}
        action={
          narrowed ? (
            <Button
              onClick={() => {
                change({ subjects: [], focus: "" });
              }}
            >
              {t("showAllSubjects")}
            </Button>
          ) : undefined
        }
      >
        {t("emptyText")}
      </EmptyState>
    </Panel>
  );
}

function Meaning({ draft, columns }: { draft: ReportDraft; columns: readonly ReportColumn[] }): ReactElement {
  const { t } = useReportWords();
  return (
    <details className="panel report-meaning">
      <summary>{t("meaning")}</summary>
      <dl className="facts">
        {columns.map((column) => (
          <div key={column.id}>
            <dt>{t(`name.${column.id}`)}</dt>
            <dd>{column.id === "service_level" ? t(`levelAbout.${draft.level}`) : t(`about.${column.id}`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

interface BodyProps {
  draft: ReportDraft;
  shown: Shown;
  columns: readonly ReportColumn[];
  change: (part: Partial<ReportDraft>) => void;
}

function Body({ draft, shown, columns, change }: BodyProps): ReactElement {
  const { t } = useReportWords();
  const { sums, focus, course, every, span, error } = shown;
  const oneDay = span.to - span.from <= ONE_DAY_MS;
  if (error !== null && error.code === "too_large") {
    return (
      <Panel>
        <EmptyState title={t("tooMany")}>{t("tooManyText")}</EmptyState>
      </Panel>
    );
  }
  if (error !== null) {
    return (
      <Panel>
        <ErrorState error={error} retry={shown.refresh} />
      </Panel>
    );
  }
  if (sums === undefined) return <Waiting />;
  if (focus === undefined) return <Empty draft={draft} change={change} />;
  return (
    <>
      <SumTable
        draft={draft}
        shown={shown}
        sums={sums}
        columns={columns}
        focus={(subject) => {
          change({ focus: subject });
        }}
      />
      {course === undefined ? (
        <Panel>
          <Skeleton rows={8} />
        </Panel>
      ) : (
        <>
          <CoursePlots draft={draft} every={every} course={course} oneDay={oneDay} />
          <CourseTable draft={draft} shown={shown} sum={focus} course={course} columns={columns} oneDay={oneDay} />
        </>
      )}
      <Meaning draft={draft} columns={columns} />
    </>
  );
}

/** Reports: what, by whom, when; tables and plots; each figure opens its interactions. */
export function ReportsPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { t: words } = useReportWords();
  useTitle(t("page.reports"));
  const search = useSearch({ from: "/shell/reports" });
  const navigate = useNavigate({ from: "/reports" });
  const draft = useMemo(() => reportFromSearch(search), [search]);
  const change = useCallback(
    (part: Partial<ReportDraft>) => {
      void navigate({ search: (before) => reportToSearch({ ...reportFromSearch(before), ...part }), replace: true, resetScroll: false });
    },
    [navigate],
  );
  const shown = useReport(draft);
  const { columns, choose } = useColumns(draft, change);
  const format = useFormat();
  const move = (step: 1 | -1): void => {
    const sums = shown.sums ?? [];
    const at = sums.findIndex((line) => line === shown.focus);
    const next = sums[at + step];
    if (next !== undefined) change({ focus: next.subject.id });
  };
  useKeys({
    j: () => {
      move(1);
    },
    k: () => {
      move(-1);
    },
    r: shown.refresh,
  });
  return (
    <div className="page reports">
      <h1 className="sr-only">{t("page.reports")}</h1>
      <p className="report-print-head">
        {t("page.reports")} · {words(`by.${draft.by}`)} · {format.moment(shown.span.from)} – {format.moment(shown.span.to)}
      </p>
      <ReportBar
        draft={draft}
        span={shown.span}
        columns={columns}
        change={change}
        choose={choose}
        refresh={shown.refresh}
        refreshing={shown.loading}
      >
        <ViewsMenu draft={{ ...draft, columns: columns.map((column) => column.id) }} show={change} />
        <ExportMenu draft={draft} shown={shown} columns={columns} />
        <Button
          onClick={() => {
            void navigate({ to: "/reports/schedules" });
          }}
        >
          {t("schedules.title")}
        </Button>
      </ReportBar>
      <Body draft={draft} shown={shown} columns={columns} change={change} />
      {draft.by === "queue" ? <HonestyPanel from={instant(shown.span.from)} to={instant(shown.span.to)} /> : null}
    </div>
  );
}
