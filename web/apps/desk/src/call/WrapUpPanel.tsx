import { EXTEND_S, wrapUpAt } from "@lingtong/model";
import { clock } from "@lingtong/model";
import { Panel } from "@lingtong/ui";
import { Button } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useAgentControl, useAgentFace, useNow } from "../hooks";
import { useServices } from "../services";

/** The time left after a call, with more of it or an end to it. */
export function WrapUpPanel(): ReactElement | null {
  const { t } = useTranslation(["desk", "ui"]);
  const { agent } = useServices();
  const { busy, extends: can } = useAgentControl();
  const face = useAgentFace();
  const now = useNow();
  const left = face === null ? null : wrapUpAt(face, now);
  if (left === null) return null;
  return (
    <Panel className="wrap-up" label={t("ui:state.wrap_up")}>
      <div className="wrap-up-row" data-urgent={left.urgent}>
        <span className="wrap-up-clock num" role="timer">
          {left.remainingMs === null ? t("wrapUp.open") : clock(left.remainingMs + 999)}
        </span>
        <span className="wrap-up-word">{t("wrapUp.text")}</span>
        {can === false || left.remainingMs === null ? null : (
          <Button disabled={busy} onClick={agent.extendWrapUp}>
            {t("wrapUp.extend", { seconds: EXTEND_S })}
          </Button>
        )}
        <Button
          type="primary"
          disabled={busy}
          onClick={() => {
            agent.change({ state: "ready" });
          }}
        >
          {t("wrapUp.finish")}
        </Button>
      </div>
      <div className="wrap-up-bar" aria-hidden="true">
        <span style={{ width: `${String((1 - left.passed) * 100)}%` }} />
      </div>
    </Panel>
  );
}
