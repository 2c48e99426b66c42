import { DownOutlined } from "@ant-design/icons";
import { EXTEND_S, NOT_READY_REASONS, type AgentFace } from "@lingtong/model";
import { Elapsed, reasonText, StateMark } from "@lingtong/ui";
import { Dropdown, type MenuProps } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useAgentControl, useAgentFace } from "../hooks";
import { useServices } from "../services";

/** The menu lays its spacing on the element it is given, so the mark stands in one. */
function mark(state: "ready" | "not_ready"): ReactElement {
  return (
    <span>
      <StateMark state={state} />
    </span>
  );
}

function WrapUpButtons(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { agent } = useServices();
  const { busy, extends: can } = useAgentControl();
  return (
    <>
      {can === false ? null : (
        <button type="button" className="bar-button" disabled={busy} onClick={agent.extendWrapUp}>
          {t("wrapUp.extend", { seconds: EXTEND_S })}
        </button>
      )}
      <button
        type="button"
        className="bar-button bar-go"
        disabled={busy}
        onClick={() => {
          agent.change({ state: "ready" });
        }}
      >
        {t("wrapUp.finish")}
      </button>
    </>
  );
}

function Next({ face }: { face: AgentFace }): ReactElement | null {
  const { t } = useTranslation(["desk", "ui"]);
  if (face.next === null) return null;
  return (
    <span className="bar-quiet">
      {t("afterCall", {
        state: face.next.state === "ready" ? t("ui:state.ready") : reasonText(t, face.next.reason ?? "manual"),
      })}
    </span>
  );
}

/** The agent's own state with its timer, and the menu that changes it. */
export function StateSwitch(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { agent } = useServices();
  const { busy, error } = useAgentControl();
  const face = useAgentFace();
  if (face === null) return <span className="agent-switch agent-switch-empty" aria-hidden="true" />;
  const reason = face.state === "not_ready" ? reasonText(t, face.reason) : "";
  const items: MenuProps["items"] = [
    {
      key: "ready",
      icon: mark("ready"),
      label: t("ui:state.ready"),
      onClick: () => {
        agent.change({ state: "ready" });
      },
    },
    { type: "divider" },
    {
      type: "group",
      label: t("notReadyBecause"),
      children: NOT_READY_REASONS.map((one) => ({
        key: one,
        icon: mark("not_ready"),
        label: t(`ui:reason.${one}`),
        onClick: () => {
          agent.change({ state: "not_ready", reason: one });
        },
      })),
    },
  ];
  return (
    <>
      <Dropdown trigger={["click"]} menu={{ items }} disabled={busy}>
        <button type="button" className="agent-switch" data-state={face.state}>
          <span className="sr-only">{t("myState")}</span>
          <StateMark state={face.state} size={14} />
          <span className="agent-switch-word">{t(`ui:state.${face.state}`)}</span>
          {reason === "" ? null : <span className="agent-switch-reason">{reason}</span>}
          <Elapsed since={face.since} until={face.state === "wrap_up" ? face.until : null} />
          <DownOutlined className="agent-switch-caret" aria-hidden="true" />
        </button>
      </Dropdown>
      <Next face={face} />
      {face.state === "wrap_up" ? <WrapUpButtons /> : null}
      {error === null ? null : (
        <span className="bar-error" role="alert">
          {t(face.needsPhone ? "stateNeedsPhone" : face.afterCall ? "stateOnCall" : "stateNotChanged")}
        </span>
      )}
    </>
  );
}
