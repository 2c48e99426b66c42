import { SearchOutlined } from "@ant-design/icons";
import type { AgentStateName, LiveAgent, LiveQueue } from "@lingtong/api";
import { AGENT_STATES, agentGrid, countStates, titleIn, type AgentGridGroup, type AgentGridQuery, type AgentGroup, type AgentSort } from "@lingtong/model";
import { EmptyState, Panel, StateMark, useKeys } from "@lingtong/ui";
import { memo, useDeferredValue, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { AgentCell } from "./AgentCell";

const SORTS: readonly AgentSort[] = ["state", "number", "longest"];
const GROUPS: readonly AgentGroup[] = ["none", "state", "queue"];

/** Moves the focus through the cells as they lie on the screen. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 0, ArrowDown: 0, Home: 0, End: 0 }[event.key];
  if (step === undefined) return;
  const cells = [...event.currentTarget.querySelectorAll<HTMLElement>(".agent-cell")];
  const at = cells.indexOf(document.activeElement as HTMLElement);
  const here = cells[at];
  if (here === undefined) return;
  event.preventDefault();
  const next =
    event.key === "Home"
      ? cells[0]
      : event.key === "End"
        ? cells.at(-1)
        : step !== 0
          ? cells[at + step]
          : event.key === "ArrowDown"
            ? cells.slice(at).find((one) => one.offsetTop > here.offsetTop && one.offsetLeft >= here.offsetLeft)
            : cells.slice(0, at).findLast((one) => one.offsetTop < here.offsetTop && one.offsetLeft <= here.offsetLeft);
  if (next === undefined) return;
  here.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

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

interface GridProps {
  groups: readonly AgentGridGroup[];
  titleOf: (key: string) => string;
  open: (agent: LiveAgent) => void;
}

function Grid({ groups, titleOf, open }: GridProps): ReactElement {
  return (
    <div className="agent-groups" onKeyDown={moveFocus}>
      {groups.map((group, place) => (
        <section key={group.key} aria-label={group.key === "" ? undefined : titleOf(group.key)}>
          {group.key === "" ? null : (
            <h3>
              {titleOf(group.key)} <span className="faint num">{group.agents.length}</span>
            </h3>
          )}
          <div className="agent-grid">
            {group.agents.map((agent, index) => (
              <AgentCell key={agent.id} agent={agent} tabStop={place === 0 && index === 0} open={open} />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

interface AgentsPanelProps {
  agents: ReadonlyMap<string, LiveAgent>;
  queues: ReadonlyMap<string, LiveQueue>;
  queueId: string;
  open: (agent: LiveAgent) => void;
}

/** The agents as a dense grid that can be narrowed, sorted and grouped. */
export const AgentsPanel = memo(function AgentsPanel({ agents, queues, queueId, open }: AgentsPanelProps): ReactElement {
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
    () => agentGrid(shownAgents.values(), queueKey.split(" ").map((id) => ({ id })), { ...query, queueId }),
    [shownAgents, queueKey, query, queueId],
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
  const titleOf = (key: string): string =>
    query.group === "queue" ? titleIn(queues.get(key)?.title, i18n.language) || key : t(`ui:state.${key as AgentStateName}`);

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
        <Grid groups={groups} titleOf={titleOf} open={open} />
      )}
    </Panel>
  );
});
