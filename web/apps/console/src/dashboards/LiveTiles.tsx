import type { NowFigure } from "@lingtong/api";
import { summarise, titleIn, type LiveBoard } from "@lingtong/model";
import { nowValue, queuesNamed } from "@lingtong/model/dashboard";
import { Elapsed, StateMark } from "@lingtong/ui";
import { useMemo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { AlertRows } from "../alerts/AlertRows";
import { share } from "../live/share";
import { AgentMix } from "../live/TopLine";
import "../live/live.css";
import { useBoardWords } from "./words";

/** Figures that call for somebody's eye as soon as they are not zero. */
const URGENT: ReadonlySet<NowFigure> = new Set(["waiting", "longest_wait"]);

interface LiveProps {
  board: LiveBoard;
  queues: readonly string[];
}

function queueNames(board: LiveBoard, ids: readonly string[], language: string): string {
  return queuesNamed(board, ids)
    .map((queue) => titleIn(queue.title, language) || queue.name)
    .join(" · ");
}

export function NowTile({ board, queues, figure }: LiveProps & { figure: NowFigure }): ReactElement {
  const { t, language } = useBoardWords();
  const now = useMemo(() => nowValue(board, figure, queues), [board, figure, queues]);
  const isUrgent = URGENT.has(figure) && now.value !== null && now.value !== 0;
  return (
    <p className="tile-figure" data-urgent={isUrgent}>
      <b className="num">
        {now.unit === "since" ? now.value === null ? "–" : <Elapsed since={now.value} /> : now.unit === "share" ? share(now.value) : (now.value ?? "–")}
      </b>
      <span className="faint">{queues.length === 0 ? t("allQueues") : queueNames(board, queues, language)}</span>
    </p>
  );
}

export function QueuesTile({ board, queues }: LiveProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { t: words, language } = useBoardWords();
  const shown = queuesNamed(board, queues);
  if (shown.length === 0) return <p className="faint tile-empty">{words("noQueue")}</p>;
  return (
    <table className="data-table tile-queues">
      <thead>
        <tr>
          <th scope="col">{words("queue")}</th>
          <th scope="col" className="right">
            {t("live.waiting")}
          </th>
          <th scope="col" className="right">
            {words("longest")}
          </th>
          <th scope="col" className="right">
            {t("live.levelShort")}
          </th>
          <th scope="col" className="right">
            <StateMark state="ready" /> {t("ui:state.ready")}
          </th>
          <th scope="col" className="right">
            <StateMark state="talking" /> {t("ui:state.talking")}
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((queue) => (
          <tr key={queue.id} data-waiting={queue.waiting > 0}>
            <td>{titleIn(queue.title, language) || queue.name}</td>
            <td className="right num">{queue.waiting}</td>
            <td className="right num">{typeof queue.longest_wait_since === "string" ? <Elapsed since={queue.longest_wait_since} /> : "–"}</td>
            <td className="right num">{share(queue.service_level ?? null, 0)}</td>
            <td className="right num">{queue.ready_agents}</td>
            <td className="right num">{queue.talking_agents}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function AgentsTile({ board }: { board: LiveBoard }): ReactElement {
  const summary = useMemo(() => summarise(board), [board]);
  return <AgentMix summary={summary} />;
}

export function AlarmsTile({ board }: { board: LiveBoard }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return board.alerts.size === 0 ? <p className="faint tile-empty">{t("live.noAlarms")}</p> : <AlertRows alerts={board.alerts} />;
}
