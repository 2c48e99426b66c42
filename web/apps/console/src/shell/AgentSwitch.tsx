import { DownOutlined } from "@ant-design/icons";
import { Elapsed, reasonText, StateMark } from "@lingtong/ui";
import { Dropdown, type MenuProps } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { REASONS, useAgentState } from "./useAgentState";

/** The menu lays its spacing on the element it is given, so the mark stands in one. */
function mark(state: "ready" | "not_ready"): ReactElement {
  return (
    <span>
      <StateMark state={state} />
    </span>
  );
}

/** The agent's own state with its timer, and the menu that changes it. */
export function AgentSwitch({ agentId }: { agentId: string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { state, busy, error, change } = useAgentState(agentId);
  if (state === null) return <span className="agent-switch agent-switch-empty" aria-hidden="true" />;
  const reason = reasonText(t, state.reason);
  const items: MenuProps["items"] = [
    {
      key: "ready",
      icon: mark("ready"),
      label: t("ready"),
      onClick: () => {
        change({ state: "ready" });
      },
    },
    { type: "divider" },
    {
      type: "group",
      label: t("notReadyBecause"),
      children: REASONS.map((one) => ({
        key: one,
        icon: mark("not_ready"),
        label: t(`ui:reason.${one}`),
        onClick: () => {
          change({ state: "not_ready", reason: one });
        },
      })),
    },
  ];
  return (
    <>
      <Dropdown trigger={["click"]} menu={{ items }} disabled={busy}>
        <button type="button" className="agent-switch" data-state={state.state}>
          <span className="sr-only">{t("myState")}</span>
          <StateMark state={state.state} size={14} />
          <span className="agent-switch-word">{t(`ui:state.${state.state}`)}</span>
          {reason === "" ? null : <span className="agent-switch-reason">{reason}</span>}
          <Elapsed since={state.since} until={state.state === "wrap_up" ? (state.until ?? null) : null} />
          <DownOutlined className="agent-switch-caret" aria-hidden="true" />
        </button>
      </Dropdown>
      {state.state === "wrap_up" ? (
        <button
          type="button"
          className="bar-button"
          onClick={() => {
            change({ state: "ready" });
          }}
        >
          {t("finishWrapUp")}
        </button>
      ) : null}
      {error === null ? null : (
        <span className="bar-error" role="alert">
          {t("stateNotChanged")}
        </span>
      )}
    </>
  );
}
