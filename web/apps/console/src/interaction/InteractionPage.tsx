import { ArrowLeftOutlined, CopyOutlined } from "@ant-design/icons";
import { toApiError, type InteractionDetail } from "@lingtong/api";
import { titleIn } from "@lingtong/model";
import { Duration, EmptyState, ErrorState, exactTime, Figure, NoPermission, Panel, RelativeTime, Skeleton, useKeys, useLocality } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { useCanGoBack, useNavigate, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { DirectionMark } from "../interactions/DirectionMark";
import { OutcomeBadge } from "../interactions/OutcomeBadge";
import { useServices } from "../services";
import { useLivePart } from "../useLive";
import { useTitle } from "../useTitle";
import { endText } from "./codes";
import { DecisionsPanel } from "./DecisionsPanel";
import { LadderPanel } from "./LadderPanel";
import { LegsPanel } from "./LegsPanel";
import { PlayerPanel } from "./PlayerPanel";
import { TimelineBar } from "./TimelineBar";
import { TracePanel } from "./TracePanel";
import "../interactions/interactions.css";
import "./interaction.css";

function Summary({ detail, back }: { detail: InteractionDetail; back: () => void }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  return (
    <Panel className="summary">
      <header className="summary-head">
        <Button type="text" icon={<ArrowLeftOutlined />} onClick={back} aria-label={t("detail.back")} title={t("detail.back")} />
        <h1 className="num">
          <DirectionMark direction={detail.direction} /> {detail.from} <span className="faint">→</span> {detail.to}
        </h1>
        <OutcomeBadge outcome={detail.outcome} />
        <span className="summary-when">
          {exactTime(detail.started_at, i18n.language, timeZone)} <span className="faint">·</span> <RelativeTime at={detail.started_at} />
        </span>
        <Button
          size="small"
          type="text"
          className="mono summary-id"
          icon={<CopyOutlined />}
          title={t("detail.copyId")}
          onClick={() => void navigator.clipboard.writeText(detail.id)}
        >
          {detail.id}
        </Button>
      </header>
      <div className="summary-figures">
        <Figure label={t("column.wait")}>
          <Duration ms={detail.wait_ms} />
        </Figure>
        <Figure label={t("column.talk")}>
          <Duration ms={detail.talk_ms} />
        </Figure>
        <Figure label={t("column.hold")}>
          <Duration ms={detail.hold_ms} />
        </Figure>
        <Figure label={t("column.wrapUp")}>
          <Duration ms={detail.wrap_up_ms} />
        </Figure>
        <dl className="facts">
          <dt>{t("column.queue")}</dt>
          <dd>{titleIn(detail.queue?.title, i18n.language) || "–"}</dd>
          <dt>{t("column.agent")}</dt>
          <dd>{detail.agent === null || detail.agent === undefined ? "–" : `${detail.agent.number} ${detail.agent.name}`}</dd>
        </dl>
        <dl className="facts">
          <dt>{t("column.endedBy")}</dt>
          <dd>
            {t(`endedBy.${detail.ended_by}`)} <span className="faint">{endText(t, detail.cause)}</span>
          </dd>
          <dt>{t("column.disposition")}</dt>
          <dd>{detail.disposition ?? "–"}</dd>
        </dl>
      </div>
      <TimelineBar segments={detail.segments} />
    </Panel>
  );
}

function Loaded({ detail, back }: { detail: InteractionDetail; back: () => void }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  useTitle(`${detail.from} → ${detail.to}`);
  const queues = useLivePart((board) => board?.queues);
  const queueName = (id: string): string =>
    titleIn(detail.queue?.id === id ? detail.queue.title : queues?.get(id)?.title, i18n.language) || id;
  return (
    <div className="page">
      <Summary detail={detail} back={back} />
      {detail.recordings.length === 0 ? (
        <Panel>
          <EmptyState title={t("player.none")}>{t(detail.has_recording ? "player.notYet" : "player.noneText")}</EmptyState>
        </Panel>
      ) : (
        detail.recordings.map((recording) => <PlayerPanel key={recording.id} recording={recording} detail={detail} />)
      )}
      <div className="detail-split">
        <TracePanel trace={detail.trace} />
        <LegsPanel legs={detail.legs} />
      </div>
      <LadderPanel detail={detail} />
      <DecisionsPanel decisions={detail.decisions} queueName={queueName} />
    </div>
  );
}

/** One interaction: its life, its sound, its path, its messages, and why it went to whom. */
export function InteractionPage(): ReactElement {
  const { api } = useServices();
  const { id } = useParams({ from: "/shell/interactions/$id" });
  const canGoBack = useCanGoBack();
  const navigate = useNavigate();
  const query = useQuery({ queryKey: ["interaction", id], queryFn: ({ signal }) => api.interaction(id, signal) });
  const back = (): void => {
    if (canGoBack) window.history.back();
    else void navigate({ to: "/interactions" });
  };
  useKeys({ Escape: back });
  if (query.data !== undefined) return <Loaded detail={query.data} back={back} />;
  if (query.error === null) {
    return (
      <div className="page" aria-busy="true">
        <Panel>
          <Skeleton rows={4} height={24} />
        </Panel>
        <Panel>
          <Skeleton rows={4} height={30} />
        </Panel>
        <Panel>
          <Skeleton rows={8} />
        </Panel>
      </div>
    );
  }
  const error = toApiError(query.error);
  if (error.kind === "forbidden") return <NoPermission />;
  return <ErrorState error={error} retry={() => void query.refetch()} />;
}
