import { FullscreenOutlined } from "@ant-design/icons";
import { AGENT_STATES, summarise, type LiveBoard, type Summary } from "@lingtong/model";
import { Elapsed, Figure, STATE_COLOR, StateMark } from "@lingtong/ui";
import { useMemo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { share } from "./share";

const DASH = "–";

/** How the agents' states share the floor, as one bar with its legend. */
export function AgentMix({ summary }: { summary: Summary }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const shown = AGENT_STATES.filter((state) => state !== "offline");
  return (
    <div className="agent-mix">
      <span className="figure-label">{t("live.signedIn", { count: summary.signedIn })}</span>
      <div className="agent-mix-bar" aria-hidden="true">
        {shown.map((state) => (
          <i
            key={state}
            style={{ flexGrow: summary.agentsByState[state], background: `var(${STATE_COLOR[state]})` }}
            data-state={state}
          />
        ))}
      </div>
      <ul className="agent-mix-legend">
        {shown.map((state) => (
          <li key={state}>
            <StateMark state={state} size={11} />
            <span>{t(`ui:state.${state}`)}</span>
            <b className="num">{summary.agentsByState[state]}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The figures that a supervisor looks at first. */
export function TopLine({ board, openBigScreen }: { board: LiveBoard; openBigScreen: () => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const summary = useMemo(() => summarise(board), [board]);
  const { callsFree } = summary;
  return (
    <section className="panel top-line" aria-label={t("live.figures")}>
      <Figure label={t("live.waiting")} {...(summary.waiting > 0 ? { tone: "--queued" } : {})}>
        {summary.waiting}
      </Figure>
      <Figure label={t("live.longestWait")}>
        {summary.longestWaitSince === null ? DASH : <Elapsed since={summary.longestWaitSince} />}
      </Figure>
      <Figure label={t("live.serviceLevel")} note={t("live.last30Today", { today: share(summary.serviceLevel, 0) })}>
        {share(summary.serviceLevelNow, 0)}
      </Figure>
      <Figure label={t("live.abandon")} note={t("live.last30Today", { today: share(summary.abandonShare) })}>
        {share(summary.abandonShareNow)}
      </Figure>
      <Figure label={t("live.occupancy")} note={`${t("live.agentsFree")} ${String(summary.agentsByState.ready)}`}>
        {share(summary.occupancy, 0)}
      </Figure>
      <Figure label={t("live.callsNow")} {...(callsFree === null ? {} : { note: t("live.callsFree", { count: callsFree }) })}>
        {summary.callsNow}
      </Figure>
      <Figure label={t("live.answered")} note={t("live.offeredOf", { count: summary.offeredToday })}>
        {summary.answeredToday}
      </Figure>
      <AgentMix summary={summary} />
      <button type="button" className="icon-button top-line-screen" aria-label={t("live.openBigScreen")} title={t("live.openBigScreen")} onClick={openBigScreen}>
        <FullscreenOutlined />
      </button>
    </section>
  );
}
