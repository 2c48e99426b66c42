import type { LiveAlert, LiveQueue } from "@lingtong/api";
import { AGENT_STATES, alertsByUrgency, levelsByQueue, pageAt, screenPages, summarise, titleIn, type LiveBoard } from "@lingtong/model";
import { Elapsed, ErrorState, NoPermission, Skeleton, StateMark, timeOfDay, useKeys, useLocality } from "@lingtong/ui";
import { useNavigate } from "@tanstack/react-router";
import { memo, useMemo, type CSSProperties, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useAlertSentence } from "../alerts/useAlertSentence";
import { share } from "../live/share";
import { useServices } from "../services";
import { useLiveView } from "../useLive";
import { useTitle } from "../useTitle";
import { useAwake, useNow } from "./screen";
import { Stale } from "./Stale";
import "./wall.css";

/** Cards side by side at most: fewer are larger. */
const COLUMNS = 4;
/** Alerts named on the screen; the rest is counted. */
const NAMED = 2;

function Big({ label, note, tone, children }: { label: string; note?: string; tone?: string; children: React.ReactNode }): ReactElement {
  return (
    <div className="wall-figure" data-tone={tone}>
      <span className="wall-label">{label}</span>
      <span className="wall-value num">{children}</span>
      <span className="wall-note">{note}</span>
    </div>
  );
}

function Figures({ board }: { board: LiveBoard }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const summary = useMemo(() => summarise(board), [board]);
  return (
    <section className="wall-figures" aria-label={t("live.figures")}>
      <Big label={t("live.waiting")} {...(summary.waiting > 0 ? { tone: "queued" } : {})}>
        {summary.waiting}
      </Big>
      <Big label={t("live.longestWait")}>{summary.longestWaitSince === null ? "–" : <Elapsed since={summary.longestWaitSince} />}</Big>
      <Big label={t("live.serviceLevel")} note={t("live.last30Today", { today: share(summary.serviceLevel) })}>
        {share(summary.serviceLevelNow)}
      </Big>
      <Big label={t("live.abandon")} note={t("live.last30Today", { today: share(summary.abandonShare) })}>
        {share(summary.abandonShareNow)}
      </Big>
      <Big label={t("live.occupancy")} note={t("live.signedIn", { count: summary.signedIn })}>
        {share(summary.occupancy)}
      </Big>
      <Big label={t("live.callsNow")} note={summary.callsFree === null ? "" : t("live.callsFree", { count: summary.callsFree })}>
        {summary.callsNow}
      </Big>
      <ul className="wall-states" aria-label={t("live.agents")}>
        {AGENT_STATES.filter((state) => state !== "offline").map((state) => (
          <li key={state}>
            <StateMark state={state} />
            <span>{t(`ui:state.${state}`)}</span>
            <b className="num">{summary.agentsByState[state]}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

const Card = memo(function Card({ queue, level }: { queue: LiveQueue; level: LiveAlert["level"] | undefined }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const ended = queue.ended_recently ?? 0;
  return (
    <article className="wall-card" data-level={level} data-waiting={queue.waiting > 0}>
      <div className="wall-card-in">
        <h2>{titleIn(queue.title, i18n.language) || queue.name}</h2>
        <span className="wall-card-waiting num">{queue.waiting}</span>
        <span className="wall-card-longest num">
          {typeof queue.longest_wait_since === "string" ? <Elapsed since={queue.longest_wait_since} /> : <span className="wall-calm">{t("live.nobodyWaits")}</span>}
        </span>
        <span className="wall-card-foot num">
          <span>
            {t("live.levelShort")} <b>{ended === 0 ? "–" : share((queue.in_target_recently ?? 0) / ended, 0)}</b>
          </span>
          <span>
            <StateMark state="ready" /> <b>{queue.ready_agents}</b>
            <span className="sr-only">{t("ui:state.ready")}</span>
          </span>
          <span>
            <StateMark state="talking" /> <b>{queue.talking_agents}</b>
            <span className="sr-only">{t("ui:state.talking")}</span>
          </span>
        </span>
      </div>
    </article>
  );
});

function Alerts({ alerts }: { alerts: LiveBoard["alerts"] }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  const sentence = useAlertSentence();
  const ordered = useMemo(() => alertsByUrgency(alerts.values()), [alerts]);
  if (ordered.length === 0) return null;
  return (
    <ul className="wall-alerts" aria-label={t("live.alarms")}>
      {ordered.slice(0, NAMED).map((alert) => (
        <li key={alert.id} data-level={alert.level}>
          <StateMark state="alarm" color="--level" /> {sentence(alert)}
        </li>
      ))}
      {ordered.length > NAMED ? <li className="wall-more">{t("alerts.more", { count: ordered.length - NAMED })}</li> : null}
    </ul>
  );
}

function Screen({ of, board }: { of: string; board: LiveBoard }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const now = useNow();
  const pages = useMemo(() => screenPages([...board.queues.values()]), [board.queues]);
  const levels = useMemo(() => levelsByQueue(board.alerts.values()), [board.alerts]);
  const page = pageAt(now, pages.length);
  const columns = Math.min(COLUMNS, Math.max(1, pages[0]?.length ?? 1));
  return (
    <main className="wall" data-theme="dark">
      <header>
        <h1>{of}</h1>
        {pages.length > 1 ? (
          <span className="wall-pages num" aria-hidden="true">
            {pages.map((_, index) => (
              <i key={index} data-here={index === page} />
            ))}
          </span>
        ) : null}
        <time className="num">{timeOfDay(new Date(now).toISOString(), i18n.language, timeZone)}</time>
      </header>
      <Stale now={now} />
      <Figures board={board} />
      <section className="wall-cards" aria-label={t("live.queues")} style={{ "--columns": columns } as CSSProperties}>
        {(pages[page] ?? []).map((queue) => (
          <Card key={queue.id} queue={queue} level={levels.get(queue.id)} />
        ))}
      </section>
      <Alerts alerts={board.alerts} />
    </main>
  );
}

/** The wall for a screen that hangs on one: large figures, nothing to press, queues in turn. */
export function WallScreen({ of }: { of: string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { live } = useServices();
  const view = useLiveView();
  const navigate = useNavigate();
  useTitle(t("live.bigScreen"));
  useAwake();
  const leave = (): void => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    void navigate({ to: "/live" });
  };
  useKeys({ b: leave, Escape: leave });
  if (view.phase === "forbidden") return <NoPermission />;
  if (view.board !== null) return <Screen of={of} board={view.board} />;
  return (
    <main className="wall" data-theme="dark">
      {view.error === null ? (
        <Skeleton rows={6} height={60} />
      ) : (
        <ErrorState
          error={view.error}
          retry={() => {
            live.retry();
          }}
        />
      )}
    </main>
  );
}
