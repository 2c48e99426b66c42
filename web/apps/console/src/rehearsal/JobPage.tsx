import { toApiError, type ApiError } from "@lingtong/api";
import { may } from "@lingtong/model";
import { ErrorState, Panel, Skeleton } from "@lingtong/ui";
import "@lingtong/ui/plot.css";
import { Link } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { JobSide } from "./JobSide";
import type { AnyJob, Working } from "./useJob";
import "./rehearsal.css";

/** What a form is given. */
export interface FormProps<All, Request> {
  known: All;
  mayBegin: boolean;
  running: boolean;
  refused: ApiError | null;
  begin: (request: Request) => void;
}

interface PageProps<All, Request, Job, Result> {
  of: "rehearsal" | "replay";
  working: Working<All, Request, Job>;
  form: (props: FormProps<All, Request>) => ReactNode;
  outcome: (result: Result) => ReactNode;
}

function Tabs(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const look = { className: "reh-tab", activeProps: { className: "reh-tab active" }, activeOptions: { exact: true, includeSearch: false } };
  return (
    <nav className="reh-tabs" aria-label={t("replay.tabs")}>
      <Link to="/rehearsal" {...look}>
        {t("page.rehearsal")}
      </Link>
      <Link to="/rehearsal/replay" {...look}>
        {t("page.replay")}
      </Link>
    </nav>
  );
}

/** A form on one side, what comes of it on the other. */
export function JobPage<All, Request, Job extends AnyJob & { result?: Result | null }, Result>(props: PageProps<All, Request, Job, Result>): ReactElement {
  const { of, working, form, outcome } = props;
  const { t } = useTranslation(["console", "ui"]);
  useTitle(t(`page.${of}`));
  const mayBegin = may(useMe(), "settings.write");
  const { known, job, begin, running, refused, cancel } = working;
  return (
    <div className="page rehearsal">
      <h1 className="sr-only">{t(`page.${of}`)}</h1>
      <div className="reh-left">
        <Tabs />
        {known.data !== undefined ? (
          form({ known: known.data, mayBegin, running, refused, begin })
        ) : (
          <Panel>{known.error === null ? <Skeleton rows={9} /> : <ErrorState error={toApiError(known.error)} retry={() => void known.refetch()} />}</Panel>
        )}
      </div>
      <div className="reh-side">
        {known.data === undefined ? null : (
          <JobSide<Result> of={of} job={job} cancel={mayBegin ? cancel : null}>
            {outcome}
          </JobSide>
        )}
      </div>
    </div>
  );
}
