import { SearchOutlined } from "@ant-design/icons";
import type { AgentStateName, LiveAgent, LiveQueue } from "@lingtong/api";
import { AGENT_STATES, agentGrid, countStates, titleIn, type AgentGridQuery, type AgentGroup, type AgentSort, type LiveBoard } from "@lingtong/model";
import { EmptyState, Panel, StateMark, useKeys } from "@lingtong/ui";
import { memo, useDeferredValue, useMemo, useRef, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { AgentSheet } from "./AgentSheet";

const SORTS: readonly AgentSort[] = ["state", "number", "longest"];
const GROUPS: readonly AgentGroup[] = ["none", "state", "queue", "team"];

interface ChipsProps {
  counts: Record<AgentStateName, number>;
  chosen: ReadonlySet<AgentStateName>;
  toggle: (state: AgentStateName) => void;
}

function StateChips({ counts, chosen, toggle }: ChipsProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <div className="chips" role="group" aria-label={t("live.byState")}>
      {AGENT_STATES.map((state) => (
        <button
          key={state}
          type="button"
          className="chip"
          aria-pressed={chosen.has(state)}
          onClick={() => {
            toggle(state);
          }}
        >
          <StateMark state={state} size={10} />
          <span>{t(`ui:state.${state}`)}</span>
          <b className="num">{counts[state]}</b>
        </button>
      ))}
    </div>
  );
}

interface AgentsPanelProps {
  agents: ReadonlyMap<string, LiveAgent>;
  queues: ReadonlyMap<string, LiveQueue>;
  teams: LiveBoard["teams"];
  queueId: string;
  open: (agent: LiveAgent) => void;
}

/** The agents as a dense grid that can be narrowed, sorted and grouped. */
export const AgentsPanel = memo(function AgentsPanel({ agents, queues, teams, queueId, open }: AgentsPanelProps): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const [query, setQuery] = useState<Omit<AgentGridQuery, "queueId">>({
    sort: "number",
    group: "none",
    states: new Set(),
    text: "",
  });
  const field = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => field.current?.focus() });
  const shownAgents = useDeferredValue(agents);
  // Queues change with every call; the grid needs their names alone.
  const queueKey = [...queues.keys()].join(" ");
  const groups = useMemo(
    () => agentGrid(shownAgents.values(), queueKey.split(" ").map((id) => ({ id })), { ...query, queueId }, teams),
    [shownAgents, queueKey, query, queueId, teams],
  );
  const counts = useMemo(
    () =>
      countStates(
        queueId === "" ? shownAgents.values() : [...shownAgents.values()].filter((one) => one.queues.includes(queueId)),
      ),
    [shownAgents, queueId],
  );
  const toggle = (state: AgentStateName): void => {
    const states = new Set(query.states);
    if (!states.delete(state)) states.add(state);
    setQuery({ ...query, states });
  };
  const titleOf = (key: string): string => {
    if (query.group === "queue") return titleIn(queues.get(key)?.title, i18n.language) || key;
    if (query.group !== "team") return t(`ui:state.${key as AgentStateName}`);
    const team = teams.find((one) => one.id === key);
    return team === undefined ? t("live.group.noTeam") : titleIn(team.title, i18n.language) || team.name;
  };

  return (
    <Panel
      className="agents-panel"
      title={t("live.agents")}
      extra={
        <div className="agents-tools">
          <label className="mini-search">
            <SearchOutlined aria-hidden="true" />
            <input
              ref={field}
              type="search"
              aria-label={t("live.findAgent")}
              placeholder={t("live.findAgent")}
              value={query.text}
              onChange={(event) => {
                setQuery({ ...query, text: event.target.value });
              }}
            />
          </label>
          <select
            className="mini-select"
            aria-label={t("live.sort.label")}
            value={query.sort}
            onChange={(event) => {
              setQuery({ ...query, sort: event.target.value as AgentSort });
            }}
          >
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {t(`live.sort.${sort}`)}
              </option>
            ))}
          </select>
          <select
            className="mini-select"
            aria-label={t("live.group.label")}
            value={query.group}
            onChange={(event) => {
              setQuery({ ...query, group: event.target.value as AgentGroup });
            }}
          >
            {GROUPS.map((group) => (
              <option key={group} value={group}>
                {t(`live.group.${group}`)}
              </option>
            ))}
          </select>
        </div>
      }
    >
      <StateChips counts={counts} chosen={query.states} toggle={toggle} />
      {groups.length === 0 ? (
        <EmptyState title={t(counts.offline === shownAgents.size ? "live.noAgents" : "live.noMatch")}>
          {t(counts.offline === shownAgents.size ? "live.noAgentsText" : "live.noMatchText")}
        </EmptyState>
      ) : (
        <AgentSheet groups={groups} titleOf={titleOf} open={open} />
      )}
    </Panel>
  );
});
