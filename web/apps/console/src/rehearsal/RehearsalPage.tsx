import { toApiError, type RehearsalJob } from "@lingtong/api";
import { may } from "@lingtong/model";
import { EmptyState, ErrorState, Panel, Skeleton } from "@lingtong/ui";
import "@lingtong/ui/plot.css";
import { useSearch } from "@tanstack/react-router";
import { Button, Progress } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "../planner/useFigures";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { Outcome } from "./Outcome";
import { RehearsalForm } from "./RehearsalForm";
import { useRehearsal } from "./useRehearsal";
import "./rehearsal.css";

const WHYS = ["nothing_recorded", "time_limit", "internal"] as const;

function Running({ job, cancel }: { job: RehearsalJob; cancel: (() => void) | null }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { percent } = useFigures();
  return (
    <Panel>
      <div className="reh-running" role="status">
        <span>
          {t("rehearsal.running", { percent: percent(job.progress) })} · {t("rehearsal.by", { by: job.by })}
        </span>
        <Progress percent={Math.round(job.progress * 100)} showInfo={false} aria-label={t("rehearsal.running", { percent: percent(job.progress) })} />
        {cancel === null ? null : <Button onClick={cancel}>{t("rehearsal.cancel")}</Button>}
      </div>
    </Panel>
  );
}

function Failed({ job }: { job: RehearsalJob }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const error = job.error;
  const why = WHYS.find((one) => one === error?.code);
  const days = error?.days ?? [];
  return (
    <Panel>
      <div role="alert" className="reh-broken">
        <p>{t("rehearsal.failed", { why: why === undefined ? (error?.message ?? "") : t(`rehearsal.why.${why}`) })}</p>
        {days.length === 0 ? null : <p>{t("rehearsal.known", { days: days.join(" · ") })}</p>}
      </div>
    </Panel>
  );
}

function Side({ job, cancel }: { job: RehearsalJob | null; cancel: (() => void) | null }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  if (job === null) {
    return (
      <Panel>
        <EmptyState title={t("rehearsal.empty")}>{t("rehearsal.emptyText")}</EmptyState>
      </Panel>
    );
  }
  if (job.state === "running") return <Running job={job} cancel={cancel} />;
  if (job.state === "failed") return <Failed job={job} />;
  if (job.state === "cancelled" || job.result === null || job.result === undefined) {
    return (
      <Panel>
        <EmptyState title={t("rehearsal.cancelled")}>{t("rehearsal.emptyText")}</EmptyState>
      </Panel>
    );
  }
  return <Outcome result={job.result} />;
}

/** A day in virtual time, under today's settings and under a draft. */
export function RehearsalPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  useTitle(t("page.rehearsal"));
  const me = useMe();
  const { flow } = useSearch({ from: "/shell/rehearsal" });
  const { known, job, begin, begins, refused, cancel } = useRehearsal();
  const mayBegin = may(me, "settings.write");
  const running = begins || job?.state === "running";
  return (
    <div className="page rehearsal">
      <h1 className="sr-only">{t("page.rehearsal")}</h1>
      {known.data !== undefined ? (
        <>
          <RehearsalForm known={known.data} flow={flow} mayBegin={mayBegin} running={running} refused={refused} begin={begin} />
          <div className="reh-side">
            <Side job={job} cancel={mayBegin ? cancel : null} />
          </div>
        </>
      ) : known.error === null ? (
        <Panel>
          <Skeleton rows={9} />
        </Panel>
      ) : (
        <Panel>
          <ErrorState error={toApiError(known.error)} retry={() => void known.refetch()} />
        </Panel>
      )}
    </div>
  );
}
