import type { LiveAgent, LiveInteraction } from "@lingtong/api";
import { may, titleIn, type LiveBoard } from "@lingtong/model";
import { Elapsed, Panel, reasonText, StateBadge, StateMark } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Drawer } from "antd";
import { useCallback, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { REASONS, useAgentState } from "../shell/useAgentState";
import { useLivePart } from "../useLive";
import { useMe } from "../useMe";
import { SupervisePanel } from "./SupervisePanel";

function CurrentCall({ call }: { call: LiveInteraction }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <Panel title={t("live.currentCall")}>
      <dl className="facts">
        <dt>{t("column.state")}</dt>
        <dd>
          <StateBadge state={call.state} /> <Elapsed since={call.state_since} />
        </dd>
        <dt>{t("column.from")}</dt>
        <dd className="num">{call.from}</dd>
        <dt>{t("column.to")}</dt>
        <dd className="num">{call.to}</dd>
      </dl>
    </Panel>
  );
}

function StateControls({ agent }: { agent: LiveAgent }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { change, busy, error } = useAgentState(agent.id);
  return (
    <Panel title={t("live.changeState")}>
      <div className="drawer-states">
        {error === null ? null : <Alert type="error" showIcon title={t("stateNotChanged")} />}
        <Button
          loading={busy}
          icon={<StateMark state="ready" />}
          onClick={() => {
            change({ state: "ready" });
          }}
        >
          {t("ready")}
        </Button>
        {REASONS.map((reason) => (
          <Button
            key={reason}
            disabled={busy}
            icon={<StateMark state="not_ready" />}
            onClick={() => {
              change({ state: "not_ready", reason });
            }}
          >
            {t(`ui:reason.${reason}`)}
          </Button>
        ))}
      </div>
    </Panel>
  );
}

/** One agent: what they do now, the call they hold, and the state that a supervisor may set. */
export default function AgentDrawer({ agentId, close }: { agentId: string; close: () => void }): ReactElement | null {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const me = useMe();
  const agent = useLivePart(useCallback((board: LiveBoard | null) => board?.agents.get(agentId), [agentId]));
  const call = useLivePart((board) => board?.interactions.get(agent?.interaction_id ?? ""));
  const queues = useLivePart((board) => board?.queues);
  if (agent === undefined) return null;
  const reason = reasonText(t, agent.reason);
  return (
    <Drawer
      open
      onClose={close}
      size={360}
      getContainer={() => document.getElementById("shell-body") ?? document.body}
      rootStyle={{ position: "absolute" }}
      title={`${agent.number} ${agent.name}`} classNames={{ body: "agent-drawer" }}
    >
      <dl className="facts">
        <dt>{t("column.state")}</dt>
        <dd>
          <StateBadge state={agent.state} />
          {reason === "" ? null : <span className="faint"> {reason}</span>} <Elapsed since={agent.since} />
        </dd>
        <dt>{t("live.queues")}</dt>
        <dd>{agent.queues.map((id) => titleIn(queues?.get(id)?.title, i18n.language) || id).join(" · ")}</dd>
      </dl>
      {call === undefined ? null : <CurrentCall call={call} />}
      {call === undefined || !may(me, "supervise") ? null : <SupervisePanel call={call} />}
      {may(me, "agents.order") ? <StateControls agent={agent} /> : null}
      <Link to="/interactions" search={{ agent: agent.id }}>
        {t("live.agentHistory")}
      </Link>
    </Drawer>
  );
}
