import type { InteractionDetail, WaitPromise, WaitSpan } from "@lingtong/api";
import { clock, parseTime, titleIn } from "@lingtong/model";
import { Panel, timeOfDay, useLocality } from "@lingtong/ui";
import type { TFunction } from "i18next";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { endText } from "./codes";

type Words = TFunction<["console", "ui"]>;

const AT_WORK = ["ready", "ringing", "talking", "wrap_up", "not_ready"] as const;

/** What the queue's agents did: all of them in one state where they were, else how many in each. */
function agentsText(t: Words, agents: NonNullable<WaitSpan["agents"]>): string {
  const present = AT_WORK.filter((state) => agents[state] > 0);
  const all = present.reduce((sum, state) => sum + agents[state], 0);
  const [only] = present;
  if (only === undefined) return t("wait.nobody");
  if (present.length === 1) return t("wait.allAgents", { count: all, state: t(`ui:state.${only}`) });
  return t("wait.agents", { count: all, states: present.map((state) => `${t(`ui:state.${state}`)} ${String(agents[state])}`).join(t("decision.comma")) });
}

/** Why the customer did not have an agent in this stretch. */
export function waitFacts(t: Words, language: string, span: WaitSpan): string[] {
  if (span.kind === "ringing") {
    const number = span.agent?.number ?? "";
    if (span.outcome === "answered") return [t("wait.answered", { number })];
    return [t("wait.rang", { number, why: typeof span.outcome === "string" ? endText(t, span.outcome) : "" })];
  }
  const helping = [...span.also, ...span.teams].map((one) => titleIn(one.title, language) || one.name);
  const skills = span.skills.map((one) => {
    const words = { skill: one.skill, first: one.first, min: one.min };
    if (one.min === 0) return t("decision.skillDropped", words);
    return one.min < one.first ? t("decision.skillRelaxed", words) : t("decision.skill", words);
  });
  return [
    typeof span.ahead !== "number" ? "" : span.ahead === 0 ? t("wait.next") : t("wait.ahead", { count: span.ahead }),
    span.agents === null || span.agents === undefined ? "" : agentsText(t, span.agents),
    ...skills,
    helping.length === 0 ? "" : t("decision.also", { queues: helping.join(t("decision.comma")) }),
    span.agent === null || span.agent === undefined ? "" : t("wait.onlyAgent", { number: span.agent.number }),
  ].filter((fact) => fact !== "");
}

function PromiseRow({ promise }: { promise: WaitPromise }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const facts = [
    t(promise.told ? "wait.told" : "wait.reckoned"),
    typeof promise.position === "number" ? t("wait.position", { position: promise.position }) : "",
    typeof promise.wait_ms === "number" ? t("wait.promised", { time: clock(promise.wait_ms) }) : "",
    typeof promise.kept_ms === "number" ? t("wait.kept", { time: clock(promise.kept_ms) }) : t("wait.notServed"),
  ].filter((fact) => fact !== "");
  return (
    <li>
      <time className="num" dateTime={promise.at}>
        {timeOfDay(promise.at, i18n.language, timeZone)}
      </time>
      <span>{facts.join(t("decision.comma"))}</span>
    </li>
  );
}

/** Why the customer waited: each stretch as a bar and in words; and what it was promised against what came of it. */
export function WaitPanel({ detail }: { detail: InteractionDetail }): ReactElement | null {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { waits, promises = [] } = detail;
  const [first] = waits;
  if (first === undefined) return null;
  const start = parseTime(first.from);
  const spans = waits
    .map((span) => ({ span, from: parseTime(span.from) - start, length: parseTime(span.to) - parseTime(span.from) }))
    .filter(({ length }) => length > 0);
  const queues = [...new Set(waits.map((span) => titleIn(span.queue.title, i18n.language) || span.queue.name))];
  return (
    <Panel title={t("wait.title", { queues: queues.join(t("decision.comma")) })}>
      <ol className="timeline" aria-hidden="true">
        {spans.map(({ span, from, length }) => (
          <li key={from} style={{ flexGrow: length, ["--cause" as string]: span.kind === "ringing" ? "var(--ringing)" : "var(--queued)" }}>
            <i />
            <span>
              <b className="num">{clock(length)}</b>
            </span>
          </li>
        ))}
      </ol>
      <ol className="wait-spans">
        {spans.map(({ span, from, length }) => (
          <li key={from}>
            <span className="num">
              {clock(from)}–{clock(from + length)}
            </span>
            <span>{waitFacts(t, i18n.language, span).join(t("wait.semicolon"))}</span>
          </li>
        ))}
      </ol>
      {promises.length === 0 ? null : (
        <>
          <h3 className="wait-promises">{t("wait.promises")}</h3>
          <ol className="wait-spans">
            {promises.map((promise) => (
              <PromiseRow key={`${promise.at} ${String(promise.told)}`} promise={promise} />
            ))}
          </ol>
        </>
      )}
    </Panel>
  );
}
