import { toApiError, type Voicemail, type VoicemailPage } from "@lingtong/api";
import { afterEvent, may, titleIn, touchesVoicemails } from "@lingtong/model";
import { EmptyState, exactTime, Panel, RelativeTime, useLocality } from "@lingtong/ui";
import { useMutation, type InfiniteData } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Popconfirm, Segmented, Select } from "antd";
import { useEffect, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { ListTable } from "../list/ListTable";
import { usePages } from "../list/usePages";
import { useServices } from "../services";
import { useLivePart } from "../useLive";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { useTouched } from "../useTouched";
import "./voicemails.css";

const SHOWN = ["new", "heard", ""] as const;

interface Acts {
  mark: (id: string, status: "new" | "heard") => void;
  remove: (id: string) => void;
}

function Row({ message, acts }: { message: Voicemail; acts: Acts | null }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const { api } = useServices();
  const isNew = message.status === "new";
  const from = message.from === "" ? t("voicemails.withheld") : message.from;
  const by = message.changed_by_agent?.name ?? (message.changed_by === "phone" ? t("voicemails.phone") : message.changed_by);
  return (
    <tr className={isNew ? "voicemail new" : "voicemail"}>
      <td title={exactTime(message.left_at, i18n.language, timeZone)}>
        <RelativeTime at={message.left_at} />
      </td>
      <td className="num">
        <Link to="/interactions/$id" params={{ id: message.interaction_id }} className="cell-link">
          {from}
        </Link>
      </td>
      <td>{titleIn(message.queue?.title, i18n.language) || `${message.agent?.number ?? ""} ${message.agent?.name ?? ""}`}</td>
      <td>
        <audio
          controls
          preload="none"
          src={api.voicemailAudioUrl(message.id)}
          aria-label={t("voicemails.play", { from })}
          onEnded={() => {
            if (isNew) acts?.mark(message.id, "heard");
          }}
        />
      </td>
      <td className="faint">
        {isNew ? (
          t("voicemails.status.new")
        ) : (
          <>
            {by} {typeof message.changed_at === "string" ? <RelativeTime at={message.changed_at} /> : null}
          </>
        )}
      </td>
      <td className="right">
        {acts === null ? null : (
          <>
            <Button
              size="small"
              type="text"
              onClick={() => {
                acts.mark(message.id, isNew ? "heard" : "new");
              }}
            >
              {t(isNew ? "voicemails.markHeard" : "voicemails.markNew")}
            </Button>
            <Popconfirm
              title={t("voicemails.deleteOf", { from })}
              description={t("voicemails.sure")}
              okText={t("voicemails.delete")}
              onConfirm={() => {
                acts.remove(message.id);
              }}
            >
              <Button size="small" type="text" danger aria-label={t("voicemails.deleteOf", { from })}>
                {t("voicemails.delete")}
              </Button>
            </Popconfirm>
          </>
        )}
      </td>
    </tr>
  );
}

/** What callers have left in all mailboxes, the newest first. */
export function VoicemailsPage(): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { api, live, queries } = useServices();
  const known = useLivePart((board) => board?.queues);
  const me = useMe();
  useTitle(t("page.voicemails"));
  const [status, setStatus] = useState<(typeof SHOWN)[number]>("new");
  const [queue, setQueue] = useState("");
  const list = usePages(["voicemails", status, queue], (slice, signal) =>
    api.voicemails({ all: true, status, ...slice, ...(queue === "" ? {} : { queue }) }, signal),
  );
  useTouched(["voicemails"], touchesVoicemails);
  // What has become of a message is shown before the list has it.
  useEffect(
    () =>
      live.watch((event) => {
        if (event.type !== "voicemail.changed") return;
        queries.setQueriesData<InfiniteData<VoicemailPage>>({ queryKey: ["voicemails"] }, (old) =>
          old === undefined ? old : { ...old, pages: old.pages.map((page) => ({ ...page, items: [...afterEvent(page.items, event)] })) },
        );
      }),
    [live, queries],
  );
  const change = useMutation({
    mutationFn: async ({ id, to }: { id: string; to: "new" | "heard" | "deleted" }) => {
      await (to === "deleted" ? api.deleteVoicemail(id) : api.setVoicemail(id, to));
    },
  });
  const acts: Acts | null = may(me, "calls.control")
    ? {
        mark: (id, to) => {
          change.mutate({ id, to });
        },
        remove: (id) => {
          change.mutate({ id, to: "deleted" });
        },
      }
    : null;
  const queues = [...(known?.values() ?? [])].map((one) => ({ value: one.id, label: titleIn(one.title, i18n.language) || one.name }));
  return (
    <div className="page page-fill">
      <h1 className="sr-only">{t("page.voicemails")}</h1>
      <Panel className="list-panel">
        <div className="filter-bar" role="search" aria-label={t("voicemails.filter")}>
          <Segmented
            aria-label={t("voicemails.filter")}
            value={status}
            options={SHOWN.map((one) => ({ value: one, label: t(`voicemails.status.${one}`) }))}
            onChange={setStatus}
          />
          <Select
            aria-label={t("voicemails.mailbox")}
            className="voicemail-queue"
            value={queue}
            options={[{ value: "", label: t("voicemails.anyQueue") }, ...queues]}
            onChange={setQueue}
          />
          {change.error === null ? null : <span role="alert">{toApiError(change.error).message}</span>}
        </div>
        <ListTable
          list={list}
          columns={(["left", "from", "mailbox", "sound", "seen"] as const).map((column) => t(`voicemails.${column}`))}
          acts
          row={(message) => <Row key={message.id} message={message} acts={acts} />}
          empty={<EmptyState title={t("voicemails.none")}>{t("voicemails.noneText")}</EmptyState>}
        />
      </Panel>
    </div>
  );
}
