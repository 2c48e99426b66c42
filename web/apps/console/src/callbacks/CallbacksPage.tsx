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

const SHOWN = ["asked", "done", "given_up", "cancelled", ""] as const;
/** What can be said of one that waits; of all others, that it waits again. */
const ENDS = ["done", "given_up", "cancelled"] as const satisfies readonly CallbackStatus[];

function Row({ callback, change }: { callback: Callback; change: ((status: CallbackStatus) => void) | null }): ReactElement {
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
        <CallbackBadge status={callback.status} />
      </td>
      <td className="faint">
        {typeof callback.changed_at === "string" ? (
          <>
            {callback.changed_by} · <RelativeTime at={callback.changed_at} />
          </>
        ) : null}
      </td>
      <td>
        <Link to="/interactions/$id" params={{ id: callback.interaction_id }} className="cell-link">
          {t("callbacks.call")}
        </Link>
      </td>
      <td className="right">
        {change === null
          ? null
          : next.map((status) => (
              <Button
                key={status}
                size="small"
                type={status === "done" ? "primary" : "text"}
                onClick={() => {
                  change(status);
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
  const changer = may(me, "callbacks.write")
    ? (id: string) =>
        (to: CallbackStatus): void => {
          change.mutate({ id, to });
        }
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
          {change.error === null ? null : <span role="alert">{toApiError(change.error).message}</span>}
        </div>
        <ListTable
          list={list}
          columns={[t("callbacks.asked"), t("callbacks.number"), t("column.queue"), t("column.state"), t("callbacks.changed"), t("callbacks.call")]}
          acts
          row={(callback) => <Row key={callback.id} callback={callback} change={changer?.(callback.id) ?? null} />}
          empty={<EmptyState title={t(status === "asked" ? "callbacks.none" : "callbacks.noneSuch")}>{t("callbacks.noneText")}</EmptyState>}
        />
      </Panel>
    </div>
  );
}
