import { titleIn, type CallCard } from "@lingtong/model";
import { Duration, Elapsed, Kbd, Panel, StateBadge, timeOfDay, useLocality } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useLivePart, usePhone, useWork } from "../hooks";
import { CALL_STATE } from "./callState";

function Facts({ card, startedAt }: { card: CallCard; startedAt: string }): ReactElement {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const { timeZone } = useLocality();
  const { stage } = useWork();
  const queue = useLivePart((board) => board?.queues.get(card.queueId ?? ""));
  return (
    <dl className="facts call-facts">
      <dt>{t("card.queue")}</dt>
      <dd>{queue === undefined ? t("card.noQueue") : titleIn(queue.title, i18n.language)}</dd>
      <dt>{t("card.dialled")}</dt>
      <dd className="num">{card.dialled === "" ? "–" : card.dialled}</dd>
      <dt>{t("card.wait")}</dt>
      <dd>
        {stage === "ringing" || card.waitMs === null ? <Elapsed since={startedAt} /> : <Duration ms={card.waitMs} />}
      </dd>
      <dt>{t("card.started")}</dt>
      <dd className="num">{timeOfDay(startedAt, i18n.language, timeZone)}</dd>
      <dt>{t("card.pressed")}</dt>
      <dd>
        {card.pressed.length === 0
          ? t("card.nothingPressed")
          : card.pressed.map((one) => (
              <span key={`${one.at}${one.node.en}`} className="pressed">
                {titleIn(one.node, i18n.language)} <span className="faint" aria-hidden="true">→</span> <Kbd>{one.key}</Kbd>{" "}
                {titleIn(one.choice, i18n.language)}
              </span>
            ))}
      </dd>
    </dl>
  );
}

function Path({ card }: { card: CallCard }): ReactElement | null {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  if (card.path.length === 0) return null;
  return (
    <ol className="call-path" aria-label={t("card.path")}>
      {card.path.map((step) => (
        <li key={`${step.at}${step.node.en}`}>{titleIn(step.node, i18n.language)}</li>
      ))}
    </ol>
  );
}

/** Who is on the line and how they got here; large enough to be read while one says hello. */
export function CallPanel({ card }: { card: CallCard }): ReactElement {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const { stage } = useWork();
  const { calls } = usePhone();
  const main = calls.find((call) => call.role === "main");
  // This browser's phone knows first; a telephone on the table is told of by the board.
  const state = main === undefined ? (stage === "idle" ? "talking" : stage) : CALL_STATE[main.phase];
  const { customer, place } = card;
  return (
    <Panel className="call-panel" label={t("call.label")}>
      <header className="call-head" data-stage={state}>
        <div className="call-who">
          <p className="call-number num">{card.number === "" ? t("card.withheld") : card.number}</p>
          <p className="call-name">
            {customer !== null ? customer.name : card.looked ? t("card.unknown") : null}
            {customer !== null && customer.vipLevel > 0 ? <span className="vip">{t("card.vip", { level: customer.vipLevel })}</span> : null}
            {place === null ? null : <span className="faint">{titleIn(place, i18n.language)}</span>}
          </p>
          {customer === null || customer.tags.length === 0 ? null : (
            <p className="tags">
              {customer.tags.map((tag) => (
                <span key={tag}>{tag}</span>
              ))}
            </p>
          )}
        </div>
        <div className="call-state">
          <StateBadge state={state} />
          <span className="faint">{t(card.callback ? "direction.callback" : `direction.${card.direction}`)}</span>
        </div>
      </header>
      {card.startedAt === null ? null : <Facts card={card} startedAt={card.startedAt} />}
      <Path card={card} />
    </Panel>
  );
}
