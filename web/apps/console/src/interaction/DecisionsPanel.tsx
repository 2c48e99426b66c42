import type { Decision } from "@lingtong/api";
import { EmptyState, Panel, reasonText, timeOfDay, useLocality } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { strategyText, termText } from "./codes";

function DecisionCard({ decision, queueName }: { decision: Decision; queueName: string }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const terms = [...new Set(decision.next.flatMap((one) => one.terms.map((term) => term.name)))];
  return (
    <article className="decision">
      <header>
        <time className="num" dateTime={decision.at}>
          {timeOfDay(decision.at, i18n.language, timeZone, true)}
        </time>
        <span>{queueName}</span>
        <span className="faint">{strategyText(t, decision.strategy)}</span>
        <span className="decision-winner">
          {t("detail.winner")} <b className="num">{decision.winner.number}</b>
        </span>
      </header>
      {decision.next.length === 0 ? null : (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">{t("column.agent")}</th>
              {terms.map((term) => (
                <th key={term} scope="col" className="right">
                  {termText(t, term)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {decision.next.map((one) => (
              <tr key={one.agent_id} data-selected={one.agent_id === decision.winner.agent_id}>
                <td className="num">{one.number}</td>
                {terms.map((name) => (
                  <td key={name} className="right num">
                    {one.terms.find((term) => term.name === name)?.value ?? "–"}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {decision.excluded.length === 0 ? null : (
        <p className="decision-excluded">
          <span className="faint">{t("detail.excluded")}</span>
          {decision.excluded.map((one) => (
            <span key={one.reason}>
              {reasonText(t, one.reason)} <b className="num">{one.count}</b>
            </span>
          ))}
        </p>
      )}
    </article>
  );
}

/** Why this agent and no other: the winner, the next ones with their scores, and who was excluded. */
export function DecisionsPanel({ decisions, queueName }: { decisions: readonly Decision[]; queueName: (id: string) => string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <Panel title={t("detail.decisions")}>
      {decisions.length === 0 ? (
        <EmptyState title={t("detail.noDecisions")}>{t("detail.noDecisionsText")}</EmptyState>
      ) : (
        decisions.map((decision, index) => (
          <DecisionCard key={index} decision={decision} queueName={queueName(decision.queue_id)} />
        ))
      )}
    </Panel>
  );
}
