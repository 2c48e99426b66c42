import { EmptyState, Panel } from "@lingtong/ui";
import { Button, Progress } from "antd";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "../planner/useFigures";
import type { AnyJob } from "./useJob";

/** Which job; its words are found by it. */
type JobId = "rehearsal" | "replay";

const WORDS = {
  rehearsal: { running: "rehearsal.running", failed: "rehearsal.failed", empty: "rehearsal.empty", emptyText: "rehearsal.emptyText" },
  replay: { running: "replay.running", failed: "replay.failed", empty: "replay.empty", emptyText: "replay.emptyText" },
} as const satisfies Record<JobId, object>;

const WHYS = ["nothing_recorded", "time_limit", "internal"] as const;

interface SideProps<Result> {
  of: JobId;
  job: (AnyJob & { result?: Result | null }) | null;
  cancel: (() => void) | null;
  children: (result: Result) => ReactNode;
}

function Running({ of, job, cancel }: Pick<SideProps<unknown>, "of" | "cancel"> & { job: AnyJob }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { percent } = useFigures();
  const words = t(WORDS[of].running, { percent: percent(job.progress) });
  return (
    <Panel>
      <div className="reh-running" role="status">
        <span>
          {words} · {t("rehearsal.by", { by: job.by })}
        </span>
        <Progress percent={Math.round(job.progress * 100)} showInfo={false} aria-label={words} />
        {cancel === null ? null : <Button onClick={cancel}>{t("rehearsal.cancel")}</Button>}
      </div>
    </Panel>
  );
}

function Failed({ of, job }: { of: JobId; job: AnyJob }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const error = job.error;
  const why = WHYS.find((one) => one === error?.code);
  const days = error?.days ?? [];
  return (
    <Panel>
      <div role="alert" className="reh-broken">
        <p>{t(WORDS[of].failed, { why: why === undefined ? (error?.message ?? "") : t(`rehearsal.why.${why}`) })}</p>
        {days.length === 0 ? null : <p>{t("rehearsal.known", { days: days.join(" · ") })}</p>}
      </div>
    </Panel>
  );
}

/** How a job stands: nothing yet, at work, failed, or what came of it. */
export function JobSide<Result>({ of, job, cancel, children }: SideProps<Result>): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  if (job?.state === "running") return <Running of={of} job={job} cancel={cancel} />;
  if (job?.state === "failed") return <Failed of={of} job={job} />;
  if (job?.state === "done" && job.result !== null && job.result !== undefined) return <>{children(job.result)}</>;
  return (
    <Panel>
      <EmptyState title={t(job === null ? WORDS[of].empty : "rehearsal.cancelled")}>{t(WORDS[of].emptyText)}</EmptyState>
    </Panel>
  );
}
