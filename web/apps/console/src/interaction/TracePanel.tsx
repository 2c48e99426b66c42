import type { TraceStep } from "@lingtong/api";
import { may, titleIn } from "@lingtong/model";
import { EmptyState, Panel, timeOfDay, useLocality } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../useMe";
import { nodeKindText, outletText, stepDetailText } from "./codes";

/** The path through the flow, node by node, each with the outlet it was left by. */
export function TracePanel({ id, trace }: { id: string; trace: readonly TraceStep[] }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const me = useMe();
  const flow = trace.find((step) => typeof step.flow === "string")?.flow;
  const link =
    may(me, "settings.read") && typeof flow === "string" ? (
      <Link to="/flows/$name" params={{ name: flow }} search={{ interaction: id }} className="cell-link">
        {t("detail.onDrawing")}
      </Link>
    ) : null;
  return (
    <Panel title={t("detail.trace")} extra={link}>
      {trace.length === 0 ? (
        <EmptyState title={t("detail.noTrace")}>{t("detail.noTraceText")}</EmptyState>
      ) : (
        <ol className="trace">
          {trace.map((step, index) => (
            <li key={index}>
              <time className="num" dateTime={step.at}>
                {timeOfDay(step.at, i18n.language, timeZone)}
              </time>
              <div>
                <span className="trace-kind">{nodeKindText(t, step.kind)}</span> <b title={step.node}>{titleIn(step.title, i18n.language) || step.node}</b>
                <p>{stepDetailText(t, step.detail)}</p>
              </div>
              {step.outlet === null || step.outlet === undefined ? null : (
                <span className="trace-outlet">
                  {outletText(t, step.outlet)} {titleIn(step.choice, i18n.language)}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
