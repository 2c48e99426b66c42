import type { LiveAgent } from "@lingtong/api";
import { ErrorState, NoPermission, Panel, Skeleton, useKeys } from "@lingtong/ui";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useLiveView } from "../useLive";
import { useReturnFocus } from "../useReturnFocus";
import { useTitle } from "../useTitle";
import { AgentsPanel } from "./AgentsPanel";
import { AlarmsPanel, isCleared } from "./AlarmsPanel";
import { CallsPanel } from "./CallsPanel";
import { QueueCards } from "./QueueCards";
import { TopLine } from "./TopLine";
import "./live.css";

const AgentDrawer = lazy(() => import("./AgentDrawer"));

function Waiting(): ReactElement {
  return (
    <div className="page live" aria-busy="true">
      <Panel>
        <Skeleton rows={2} height={24} />
      </Panel>
      <div className="live-split">
        <Panel>
          <Skeleton rows={9} height={26} />
        </Panel>
        <Panel>
          <Skeleton rows={7} />
        </Panel>
      </div>
    </div>
  );
}

/** The wall: what happens now in queues, calls and agents. */
export function LivePage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { live } = useServices();
  const { phase, board, error } = useLiveView();
  useTitle(t("page.live"));
  const [queueId, setQueueId] = useState("");
  const [opened, setOpened] = useState<string | null>(null);
  const navigate = useNavigate();
  const openBigScreen = (): void => {
    // A browser that does not want to fill the screen shows the page all the same.
    document.documentElement.requestFullscreen().catch(() => undefined);
    void navigate({ to: "/wall", search: { screen: "big" } });
  };
  useKeys({ b: openBigScreen });
  const { remember, bringBack } = useReturnFocus();
  const open = useCallback(
    (agent: LiveAgent) => {
      remember();
      setOpened(agent.id);
    },
    [remember],
  );
  const chooseQueue = useCallback((id: string) => {
    setQueueId((before) => (before === id ? "" : id));
  }, []);

  if (phase === "forbidden") return <NoPermission />;
  if (board === null) {
    if (error === null) return <Waiting />;
    return (
      <ErrorState
        error={error}
        retry={() => {
          live.retry();
        }}
      />
    );
  }
  // A raised alarm stands above the calls; a quiet column leaves the place to them.
  const alarmed = board.alerts.size > 0 || board.alarms.some((alarm) => !isCleared(alarm));
  return (
    <div className="page live">
      <h1 className="sr-only">{t("page.live")}</h1>
      <TopLine board={board} openBigScreen={openBigScreen} />
      <QueueCards queues={board.queues} chosen={queueId} choose={chooseQueue} />
      <div className="live-split">
        <AgentsPanel agents={board.agents} queues={board.queues} teams={board.teams} queueId={queueId} open={open} />
        <div className="live-side">
          {alarmed ? <AlarmsPanel alarms={board.alarms} alerts={board.alerts} /> : null}
          <CallsPanel board={board} queueId={queueId} />
          {alarmed ? null : <AlarmsPanel alarms={board.alarms} alerts={board.alerts} />}
        </div>
      </div>
      <Suspense fallback={null}>
        {opened === null ? null : (
          <AgentDrawer
            agentId={opened}
            close={() => {
              setOpened(null);
              bringBack();
            }}
          />
        )}
      </Suspense>
    </div>
  );
}
