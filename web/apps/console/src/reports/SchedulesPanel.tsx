import { toApiError, type ReportSchedule } from "@lingtong/api";
import { may, titleIn } from "@lingtong/model";
import { EmptyState, exactTime, NoPermission, Panel, RelativeTime, useLocality } from "@lingtong/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Switch } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { ListTable } from "../list/ListTable";
import { useServices } from "../services";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";

/** When it is due next and how it went are shown as they change. */
const REFRESH_MS = 15_000;

interface Acts {
  run: (name: string) => void;
  pause: (name: string, paused: boolean) => void;
  busy: boolean;
}

function LastRun({ schedule }: { schedule: ReportSchedule }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const last = schedule.last;
  if (last === undefined || last === null) return <span className="faint">{t("schedules.never")}</span>;
  return (
    <>
      <RelativeTime at={last.at} />{" "}
      {typeof last.problem === "string" ? (
        <span className="cell-off" title={last.problem}>
          {t("schedules.failed")}
        </span>
      ) : (
        <Link to="/settings/deliveries" className="cell-link">
          {t("schedules.letters", { count: last.letters })}
        </Link>
      )}
      {last.missed > 0 ? <span className="faint"> {t("schedules.missed", { count: last.missed })}</span> : null}
    </>
  );
}

function Row({ schedule, acts }: { schedule: ReportSchedule; acts: Acts | null }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const title = titleIn(schedule.title, i18n.language);
  return (
    <tr>
      <td>
        <Link to="/settings/$kind" params={{ kind: "report_schedule" }} search={{ open: schedule.name }} className="cell-link">
          {title}
        </Link>
      </td>
      <td>
        {t(`settings.choice.${schedule.repeat}`)} <span className="num">{schedule.at}</span>
      </td>
      <td className="num">{schedule.recipients}</td>
      <td>{typeof schedule.next_at === "string" ? exactTime(schedule.next_at, i18n.language, timeZone) : <span className="faint">{t("schedules.paused")}</span>}</td>
      <td>
        <LastRun schedule={schedule} />
      </td>
      <td className="right">
        {acts === null ? null : (
          <>
            <Switch
              size="small"
              aria-label={t("schedules.active", { title })}
              checked={!schedule.paused}
              disabled={acts.busy}
              onChange={(active) => {
                acts.pause(schedule.name, !active);
              }}
            />{" "}
            <Button
              size="small"
              type="text"
              disabled={acts.busy}
              aria-label={t("schedules.runOf", { title })}
              onClick={() => {
                acts.run(schedule.name);
              }}
            >
              {t("schedules.run")}
            </Button>
          </>
        )}
      </td>
    </tr>
  );
}

/** Reports that are sent again and again: when each is due, how it went, one run now, a pause. */
export function SchedulesPanel(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { outbound, settings, queries } = useServices();
  const me = useMe();
  const query = useQuery({
    queryKey: ["report-schedules"],
    queryFn: ({ signal }) => outbound.schedules(signal),
    refetchInterval: REFRESH_MS,
  });
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: ["report-schedules"] });
  const run = useMutation({ mutationFn: (name: string) => outbound.run(name), onSettled: refresh });
  const pause = useMutation({
    mutationFn: async ({ name, paused }: { name: string; paused: boolean }) => {
      const { spec, revision } = await settings.get("report_schedule", name);
      await settings.put("report_schedule", name, { ...spec, paused }, { revision });
    },
    onSettled: refresh,
  });
  const writes = may(me, "settings.write");
  const acts: Acts | null = writes
    ? {
        run: (name) => {
          run.mutate(name);
        },
        pause: (name, paused) => {
          pause.mutate({ name, paused });
        },
        busy: run.isPending || pause.isPending,
      }
    : null;
  const list = {
    rows: query.data?.items ?? [],
    pending: query.isPending,
    error: query.error === null ? null : toApiError(query.error),
    refresh,
  };
  const failed = run.error ?? pause.error;
  const add = (
    <Link to="/settings/$kind" params={{ kind: "report_schedule" }} search={{ add: true }} className="cell-link">
      {t("settings.add.report_schedule")}
    </Link>
  );
  const columns = ["report", "repeat", "recipients", "next", "last"] as const;
  return (
    <Panel className="list-panel" title={t("schedules.title")}>
      <div className="filter-bar">
        <Link to="/reports" className="cell-link">{t("page.reports")}</Link>
        {writes ? add : null}
      </div>
      {failed === null ? null : <Alert type="error" role="alert" title={toApiError(failed).message} />}
      {run.data === undefined ? null : (
        <Alert
          closable
          role="status"
          type={typeof run.data.problem === "string" ? "error" : "success"}
          title={typeof run.data.problem === "string" ? run.data.problem : t("schedules.ran", { count: run.data.letters })}
        />
      )}
      <ListTable
        list={list}
        columns={columns.map((column) => t(`schedules.column.${column}`))}
        acts
        row={(schedule) => <Row key={schedule.name} schedule={schedule} acts={acts} />}
        empty={<EmptyState title={t("settings.empty.report_schedule.title")}>{t("settings.empty.report_schedule.text")}</EmptyState>}
      />
    </Panel>
  );
}

/** The panel as a page of its own. */
export function SchedulesPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  useTitle(t("schedules.title"));
  if (!may(me, "settings.read")) return <NoPermission />;
  return (
    <div className="page page-fill">
      <h1 className="sr-only">{t("schedules.title")}</h1>
      <SchedulesPanel />
    </div>
  );
}
