import type { Decision, FullDecision } from "@lingtong/api";
import { EmptyState, Panel, reasonText, timeOfDay, useLocality } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { strategyText, termText } from "./codes";

type Candidates = FullDecision["candidates"];

function CandidateTable({ candidates, winner }: { candidates: Candidates; winner: string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const terms = [...new Set(candidates.flatMap((one) => one.terms.map((term) => term.name)))];
  return (
    <div className="decision-table">
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
          {candidates.map((one) => (
            <tr key={one.agent_id} data-selected={one.agent_id === winner}>
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
    </div>
  );
}

/** Who was out of the question: each agent where that is known, else how many. */
function Excluded({ decision, full }: { decision: Decision; full: FullDecision | undefined }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  if (decision.excluded.length === 0) return null;
  return (
    <p className="decision-excluded">
      <span className="faint">{t("detail.excluded")}</span>
      {decision.excluded.map(({ reason, count }) => {
        const numbers = full?.left_out.filter((one) => one.reason === reason).map((one) => one.number) ?? [];
        return (
          <span key={reason}>
            {reasonText(t, reason)} <b className="num">{count}</b>
            {numbers.length === 0 ? null : <span className="num faint"> {numbers.join(" ")}</span>}
          </span>
        );
      })}
    </p>
  );
}

/** What was asked of the agent, and by which settings it was decided. */
function Asked({ decision }: { decision: Decision }): ReactElement | null {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { need, together = [] } = decision;
  const helping = [...need.also, ...(need.teams ?? [])];
  const [waited, last, rules] = [decision.waited_ms ?? undefined, need.agent ?? undefined, decision.rules ?? undefined];
  const skills = need.skills.map((one) => {
    const words = { skill: one.skill, first: one.first, min: one.min };
    if (one.min === 0) return t("decision.skillDropped", words);
    return one.min < one.first ? t("decision.skillRelaxed", words) : t("decision.skill", words);
  });
  const title = (one: (typeof helping)[number]): string => (i18n.language.startsWith("zh") ? one.title.zh : one.title.en);
  const facts = [
    waited === undefined ? "" : t("decision.waited", { seconds: Math.round(waited / 1000) }),
    ...skills,
    helping.length === 0 ? "" : t("decision.also", { queues: helping.map(title).join(t("decision.comma")) }),
    last === undefined ? "" : t("decision.onlyAgent", { number: last.number }),
    together.length === 0 ? "" : t("decision.together", { numbers: together.map((one) => one.number).join(" ") }),
    rules === undefined ? "" : t("decision.rules", rules),
  ].filter((fact) => fact !== "");
  if (facts.length === 0) return null;
  return (
    <p className="decision-excluded">
      {facts.map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
    </p>
  );
}

function DecisionCard({ decision, full, queueName }: { decision: Decision; full: FullDecision | undefined; queueName: string }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const candidates = full?.candidates ?? [decision.winner, ...decision.next];
  return (
    <article className="decision" data-complete={full?.complete === true}>
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
      {full?.complete === false ? <Alert type="info" title={t("detail.candidatesGone")} /> : null}
      <CandidateTable candidates={candidates} winner={decision.winner.agent_id} />
      <Asked decision={decision} />
      <Excluded decision={decision} full={full} />
    </article>
  );
}

interface DecisionsPanelProps {
  id: string;
  decisions: readonly Decision[];
  queueName: (id: string) => string;
}

/** Why this agent and no other: the winner, the others with their scores, and who was excluded; on demand everybody. */
export function DecisionsPanel({ id, decisions, queueName }: DecisionsPanelProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api } = useServices();
  const [wanted, setWanted] = useState(false);
  const all = useQuery({
    queryKey: ["decisions", id, decisions.length],
    queryFn: ({ signal }) => api.decisions(id, signal),
    enabled: wanted,
    staleTime: Infinity,
  });
  return (
    <Panel title={t("detail.decisions")}>
      {decisions.length === 0 ? (
        <EmptyState title={t("detail.noDecisions")}>{t("detail.noDecisionsText")}</EmptyState>
      ) : (
        decisions.map((decision, index) => (
          <DecisionCard key={index} decision={decision} full={all.data?.items[index]} queueName={queueName(decision.queue_id)} />
        ))
      )}
      {decisions.length === 0 || all.isSuccess ? null : (
        <p className="decision-more">
          <Button
            loading={all.isFetching}
            onClick={() => {
              if (wanted) void all.refetch();
              setWanted(true);
            }}
          >
            {t("detail.allCandidates")}
          </Button>
          {all.isError ? <span role="alert">{t("detail.candidatesFailed")}</span> : null}
        </p>
      )}
    </Panel>
  );
}
