import { ArrowLeftOutlined, CopyOutlined } from "@ant-design/icons";
import { toApiError, type InteractionDetail, type Segment } from "@lingtong/api";
import { interactionOf, parseTime, titleIn } from "@lingtong/model";
import { Duration, Elapsed, EmptyState, ErrorState, exactTime, Figure, NoPermission, Panel, RelativeTime, Skeleton, StateBadge, useKeys, useLocality } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, useCanGoBack, useNavigate, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { DirectionMark } from "../interactions/DirectionMark";
import { OutcomeBadge } from "../interactions/OutcomeBadge";
import { useServices } from "../services";
import { useLivePart } from "../useLive";
import { useTouched } from "../useTouched";
import { useTitle } from "../useTitle";
import { AftermathPanel } from "./AftermathPanel";
import { endText } from "./codes";
import { DecisionsPanel } from "./DecisionsPanel";
import { LadderPanel } from "./LadderPanel";
import { LegsPanel } from "./LegsPanel";
import { PlayerPanel } from "./PlayerPanel";
import { TimelineBar } from "./TimelineBar";
import { TracePanel } from "./TracePanel";
import { WaitPanel } from "./WaitPanel";
import "../interactions/interactions.css";
import "./interaction.css";

/** How often a call in progress is asked for anew. */
const PROGRESS_MS = 3_000;

/** What came of it; while it is in progress, what it does and for how long. */
function Standing({ detail }: { detail: InteractionDetail }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  if (detail.live !== null && detail.live !== undefined) {
    return (
      <span className="in-progress" role="status">
        <StateBadge state={detail.live.state} /> <Elapsed since={detail.live.state_since} />
        <span className="in-progress-word">{t("detail.inProgress")}</span>
      </span>
    );
  }
  return typeof detail.outcome === "string" ? <OutcomeBadge outcome={detail.outcome} /> : null;
}

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
        <Standing detail={detail} />
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
            {typeof detail.ended_by === "string" ? t(`endedBy.${detail.ended_by}`) : "–"}{" "}
            <span className="faint">{typeof detail.cause === "string" ? endText(t, detail.cause) : ""}</span>
          </dd>
          <dt>{t("column.disposition")}</dt>
          <dd>{titleIn(detail.said?.title, i18n.language) || "–"}</dd>
          {detail.tags.length === 0 ? null : (
            <>
              <dt>{t("column.tags")}</dt>
              <dd>
                {detail.tags.map((tag) => (
                  <Link key={tag} to="/interactions" search={{ tag, period: "30d" }} className="chip">
                    {tag}
                  </Link>
                ))}
              </dd>
            </>
          )}
        </dl>
      </div>
      <TimelineBar segments={life(detail)} />
    </Panel>
  );
}

/** Each second of the call, and then the work after it. */
function life(detail: InteractionDetail): readonly Segment[] {
  const end = detail.segments.at(-1)?.to ?? "";
  const after = detail.wrap_ups
    .filter((wrap) => parseTime(wrap.to) > parseTime(end))
    .map((wrap) => ({ from: parseTime(wrap.from) < parseTime(end) ? end : wrap.from, to: wrap.to, cause: "wrap_up" }));
  return [...detail.segments, ...after];
}

/** The call's recordings; while it is in progress there is nothing to hear yet. */
function Sound({ detail }: { detail: InteractionDetail }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  if (detail.in_progress) return <p className="sound-later faint">{t("player.inProgress")}</p>;
  if (detail.recordings.length > 0) {
    return (
      <>
        {detail.recordings.map((recording) => (
          <PlayerPanel key={recording.id} recording={recording} detail={detail} />
        ))}
      </>
    );
  }
  return (
    <Panel>
      <EmptyState title={t("player.none")}>{t(detail.has_recording ? "player.notYet" : "player.noneText")}</EmptyState>
    </Panel>
  );
}

function Loaded({ detail, back }: { detail: InteractionDetail; back: () => void }): ReactElement {
  const { i18n } = useTranslation(["console", "ui"]);
  useTitle(`${detail.from} → ${detail.to}`);
  const queues = useLivePart((board) => board?.queues);
  const queueName = (id: string): string =>
    titleIn(detail.queue?.id === id ? detail.queue.title : queues?.get(id)?.title, i18n.language) || id;
  return (
    <div className="page">
      <Summary detail={detail} back={back} />
      <WaitPanel detail={detail} />
      <Sound detail={detail} />
      <AftermathPanel detail={detail} />
      <div className="detail-split">
        <TracePanel id={detail.id} trace={detail.trace} />
        <LegsPanel legs={detail.legs} forwards={detail.forwards} />
      </div>
      <LadderPanel detail={detail} />
      <DecisionsPanel id={detail.id} decisions={detail.decisions} queueName={queueName} />
    </div>
  );
}

/** One interaction: its life, its sound, its path, its messages, and why it went to whom. */
export function InteractionPage(): ReactElement {
  const { api } = useServices();
  const { id } = useParams({ from: "/shell/interactions/$id" });
  const canGoBack = useCanGoBack();
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ["interaction", id],
    queryFn: ({ signal }) => api.interaction(id, signal),
    // Events tell what it does; steps of the flow and messages come in between.
    refetchInterval: (of) => (of.state.data?.in_progress === true ? PROGRESS_MS : false),
  });
  useTouched(["interaction", id], (event) => interactionOf(event) === id);
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
