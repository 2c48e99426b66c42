import { toApiError, type Callback, type CallbackPage, type CallbackStatus } from "@lingtong/api";
import { may, titleIn, touchesCallbacks } from "@lingtong/model";
import { EmptyState, exactTime, Panel, RelativeTime, useLocality } from "@lingtong/ui";
import { useMutation, type InfiniteData } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { ListTable } from "../list/ListTable";
import { usePages } from "../list/usePages";
import { useServices } from "../services";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { useTouched } from "../useTouched";
import { CallbackBadge } from "./CallbackBadge";
import { CallbackSums } from "./CallbackSums";

const SHOWN = ["asked", "done", "given_up", "cancelled", ""] as const;
/** What can be said of one that waits; of all others, that it waits again. */
const ENDS = ["done", "given_up", "cancelled"] as const satisfies readonly CallbackStatus[];

/** What has come of the wish so far, and who said so. */
function News({ callback }: { callback: Callback }): ReactElement | null {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  if (typeof callback.changed_at !== "string") return null;
  const { news, called_by: calledBy, next_at: next, attempts } = callback;
  return (
    <>
      {callback.changed_by ?? t("callbacks.byItself")} · <RelativeTime at={callback.changed_at} />
      {news === undefined || news === null ? null : <> · {t(`callbacks.news.${news}`)}</>}
      {attempts === 0 ? null : <> · {t("callbacks.attempts", { count: attempts })}</>}
      {typeof next === "string" ? <> · {t("callbacks.next", { time: exactTime(next, i18n.language, timeZone) })}</> : null}
      {typeof calledBy === "string" ? (
        <>
          {" · "}
          <Link to="/interactions/$id" params={{ id: calledBy }} className="cell-link">
            {t("callbacks.calledBy")}
          </Link>
        </>
      ) : null}
    </>
  );
}

interface Acts {
  change: (status: CallbackStatus) => void;
  call: () => void;
}

function Row({ callback, acts }: { callback: Callback; acts: Acts | null }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const next = callback.status === "asked" ? ENDS : (["asked"] as const);
  return (
    <tr>
      <td title={exactTime(callback.requested_at, i18n.language, timeZone)}>
        <RelativeTime at={callback.requested_at} />
      </td>
      <td className="num callback-number">{callback.number}</td>
      <td>{titleIn(callback.queue?.title, i18n.language) || <span className="faint">–</span>}</td>
      <td>
        <CallbackBadge status={callback.status} /> {callback.missed ? <span className="faint">{t("callbacks.missed")}</span> : null}
      </td>
      <td className="faint">
        <News callback={callback} />
      </td>
      <td>
        <Link to="/interactions/$id" params={{ id: callback.interaction_id }} className="cell-link">
          {t("callbacks.call")}
        </Link>
      </td>
      <td className="right">
        {acts === null || callback.status !== "asked" || callback.queue === undefined ? null : (
          <Button size="small" onClick={acts.call}>
            {t("callbacks.now")}
          </Button>
        )}
        {acts === null
          ? null
          : next.map((status) => (
              <Button
                key={status}
                size="small"
                type={status === "done" ? "primary" : "text"}
                onClick={() => {
                  acts.change(status);
                }}
              >
                {t(`callbacks.to.${status}`)}
              </Button>
            ))}
      </td>
    </tr>
  );
}

/** Who wants to be called back, those first who have waited longest. */
export function CallbacksPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api, queries } = useServices();
  const me = useMe();
  useTitle(t("page.callbacks"));
  const [status, setStatus] = useState<CallbackStatus | "">("asked");
  const list = usePages(["callbacks", status], (slice, signal) => api.callbacks({ status, ...slice }, signal));
  useTouched(["callbacks"], touchesCallbacks);
  const change = useMutation({
    mutationFn: ({ id, to }: { id: string; to: CallbackStatus }) => api.setCallbackStatus(id, to),
    onSuccess: (changed) => {
      // The list follows the journal by a moment: what was just said is shown at once.
      queries.setQueriesData<InfiniteData<CallbackPage>>({ queryKey: ["callbacks"] }, (old) =>
        old === undefined
          ? old
          : {
              ...old,
              pages: old.pages.map((page) => ({
                ...page,
                items: page.items.map((one) => (one.id === changed.id ? changed : one)),
              })),
            },
      );
    },
  });
  const call = useMutation({ mutationFn: (id: string) => api.callBackNow(id) });
  const failed = change.error ?? call.error;
  const acts = may(me, "callbacks.write")
    ? (id: string): Acts => ({
        change: (to) => {
          change.mutate({ id, to });
        },
        call: () => {
          call.mutate(id);
        },
      })
    : null;
  return (
    <div className="page page-fill">
      <h1 className="sr-only">{t("page.callbacks")}</h1>
      <Panel className="list-panel">
        <div className="filter-bar" role="search" aria-label={t("callbacks.filter")}>
          <Segmented
            aria-label={t("callbacks.filter")}
            value={status}
            options={SHOWN.map((one) => ({ value: one, label: one === "" ? t("callbacks.all") : t(`callback.${one}`) }))}
            onChange={setStatus}
          />
          {failed === null ? null : <span role="alert">{toApiError(failed).message}</span>}
          {call.isSuccess ? <span role="status">{t("callbacks.ordered")}</span> : null}
          <CallbackSums />
        </div>
        <ListTable
          list={list}
          columns={[t("callbacks.asked"), t("callbacks.number"), t("column.queue"), t("column.state"), t("callbacks.changed"), t("callbacks.call")]}
          acts
          row={(callback) => <Row key={callback.id} callback={callback} acts={acts?.(callback.id) ?? null} />}
          empty={<EmptyState title={t(status === "asked" ? "callbacks.none" : "callbacks.noneSuch")}>{t("callbacks.noneText")}</EmptyState>}
        />
      </Panel>
    </div>
  );
}
