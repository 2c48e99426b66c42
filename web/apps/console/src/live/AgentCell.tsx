import type { LiveAgent } from "@lingtong/api";
import { Elapsed, reasonText, StateMark } from "@lingtong/ui";
import { memo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";

interface AgentCellProps {
  agent: LiveAgent;
  /** Whether Tab stops here; the arrows move on from it. */
  tabStop: boolean;
  open: (agent: LiveAgent) => void;
}

/** One agent of the grid; drawn again only when that agent changed. */
export const AgentCell = memo(function AgentCell({ agent, tabStop, open }: AgentCellProps): ReactElement {
  const { t } = useTranslation(["ui"]);
  const state = t(`state.${agent.state}`);
  const reason = reasonText(t, agent.reason);
  return (
    <button
      type="button"
      className="agent-cell"
      data-state={agent.state}
      tabIndex={tabStop ? 0 : -1}
      onClick={() => {
        open(agent);
      }}
    >
      <StateMark state={agent.state} />
      <span className="agent-who">
        <b className="num">{agent.number}</b> {agent.name}
      </span>
      {reason === "" ? null : <span className="sr-only">{state}</span>}
      <span className="agent-doing">{reason === "" ? state : reason}</span>
      <Elapsed since={agent.since} until={agent.state === "wrap_up" ? (agent.until ?? null) : null} />
    </button>
  );
});
