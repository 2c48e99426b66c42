import type { LiveQueue } from "@lingtong/api";
import { sparkPath, titleIn } from "@lingtong/model";
import { Elapsed, StateMark } from "@lingtong/ui";
import { memo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";

const SPARK = { width: 96, height: 30 };

function Spark({ points, label }: { points: readonly number[]; label: string }): ReactElement {
  const line = sparkPath(points, SPARK.width, SPARK.height - 2);
  return (
    <svg className="spark" viewBox={`0 -1 ${String(SPARK.width)} ${String(SPARK.height)}`} role="img" aria-label={label}>
      {line === "" ? null : (
        <path className="spark-area" d={`${line}L${String(SPARK.width)} ${String(SPARK.height)}L0 ${String(SPARK.height)}Z`} />
      )}
      <path className="spark-line" d={line} />
    </svg>
  );
}

interface CardProps {
  queue: LiveQueue;
  chosen: boolean;
  choose: (id: string) => void;
}

const QueueCard = memo(function QueueCard({ queue, chosen, choose }: CardProps): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { live } = useServices();
  const level = queue.service_level;
  return (
    <button
      type="button"
      className="queue-card"
      aria-pressed={chosen}
      data-waiting={queue.waiting > 0}
      onClick={() => {
        choose(queue.id);
      }}
    >
      <span className="queue-name">{titleIn(queue.title, i18n.language)}</span>
      <span className="queue-main">
        <span className="queue-waiting num">{queue.waiting}</span>
        <span className="queue-waiting-label">
          <span>{t("live.waiting")}</span>
          {queue.callbacks === 0 ? null : <span className="faint">{t("live.callbacks", { count: queue.callbacks })}</span>}
          {queue.longest_wait_since === null || queue.longest_wait_since === undefined ? (
            <span className="faint">{t("live.nobodyWaits")}</span>
          ) : (
            <span className="queue-longest">
              {t("live.longestShort")} <Elapsed since={queue.longest_wait_since} />
            </span>
          )}
        </span>
        <Spark points={live.history.of(queue.id)} label={t("live.spark")} />
      </span>
      <span className="queue-foot num">
        <span>
          <StateMark state="ready" size={10} /> {queue.ready_agents}
          <span className="sr-only">{t("ui:state.ready")}</span>
        </span>
        <span>
          <StateMark state="talking" size={10} /> {queue.talking_agents}
          <span className="sr-only">{t("ui:state.talking")}</span>
        </span>
        <span className="queue-level">
          {t("live.levelShort")} <b>{level === null || level === undefined ? "–" : `${(level * 100).toFixed(0)}%`}</b>
        </span>
        <span>
          {t("live.abandonShort")} <b>{queue.abandoned_today}</b>
        </span>
      </span>
    </button>
  );
});

interface QueueCardsProps {
  queues: ReadonlyMap<string, LiveQueue>;
  chosen: string;
  choose: (id: string) => void;
}

/** Each queue as a card; choosing one narrows agents and calls to it. */
export const QueueCards = memo(function QueueCards({ queues, chosen, choose }: QueueCardsProps): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  if (queues.size === 0) return null;
  return (
    <section className="queue-cards" aria-label={t("live.queues")}>
      {[...queues.values()].map((queue) => (
        <QueueCard key={queue.id} queue={queue} chosen={queue.id === chosen} choose={choose} />
      ))}
    </section>
  );
});
