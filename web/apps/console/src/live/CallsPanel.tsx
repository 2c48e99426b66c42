import type { LiveInteraction } from "@lingtong/api";
import { callsByUrgency, titleIn, type LiveBoard } from "@lingtong/model";
import { Elapsed, EmptyState, Panel, StateMark } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import { memo, useMemo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";

/** Rows drawn at once; the rest is counted below them. */
const MAX_ROWS = 60;

interface CallRowProps {
  call: LiveInteraction;
  queueName: string;
  agentName: string;
}

const CallRow = memo(function CallRow({ call, queueName, agentName }: CallRowProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const where = agentName !== "" ? agentName : queueName !== "" ? queueName : call.to;
  return (
    <li className="call-row" data-state={call.state}>
      <StateMark state={call.state} />
      <Link to="/interactions/$id" params={{ id: call.id }} className="call-from num call-link">
        {call.from}
        <span className="sr-only">{t(`direction.${call.direction}`)}</span>
      </Link>
      <Elapsed since={call.state === "queued" ? call.started_at : call.state_since} />
      <span className="call-state">
        {t(`ui:state.${call.state}`)}
        {call.state === "parked" && typeof call.slot === "number" ? <span className="num"> {call.slot}</span> : null}
        {call.state === "queued" && typeof call.position === "number" ? (
          <span className="num"> {t("live.position", { position: call.position })}</span>
        ) : null}
      </span>
      <span className="call-where">{where}</span>
    </li>
  );
});

/** Calls that stand now, who waits longest on top. */
export const CallsPanel = memo(function CallsPanel({ board, queueId }: { board: LiveBoard; queueId: string }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { interactions, agents, queues } = board;
  const calls = useMemo(
    () =>
      callsByUrgency(
        queueId === "" ? interactions.values() : [...interactions.values()].filter((one) => one.queue_id === queueId),
      ),
    [interactions, queueId],
  );
  const agentName = (id: string | null | undefined): string => {
    const agent = agents.get(id ?? "");
    return agent === undefined ? "" : `${agent.number} ${agent.name}`;
  };
  const hidden = calls.length - MAX_ROWS;
  return (
    <Panel className="calls-panel" title={t("live.calls")} extra={<span className="count num">{calls.length}</span>}>
      {calls.length === 0 ? (
        <EmptyState title={t("live.noCalls")}>{t("live.noCallsText")}</EmptyState>
      ) : (
        <ul className="call-rows" tabIndex={0} aria-label={t("live.calls")}>
          {calls.slice(0, MAX_ROWS).map((call) => (
            <CallRow
              key={call.id}
              call={call}
              queueName={titleIn(queues.get(call.queue_id ?? "")?.title, i18n.language)}
              agentName={agentName(call.agent_id)}
            />
          ))}
        </ul>
      )}
      {hidden > 0 ? <p className="calls-more faint">{t("live.moreCalls", { count: hidden })}</p> : null}
    </Panel>
  );
});
