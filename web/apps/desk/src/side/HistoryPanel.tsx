import type { Interaction } from "@lingtong/api";
import { titleIn } from "@lingtong/model";
import { Duration, EmptyState, ErrorState, Panel, RelativeTime, Skeleton } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useWork } from "../hooks";
import { serverBase } from "../services";

function Row({ one }: { one: Interaction }): ReactElement {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const outcome = one.outcome ?? null;
  const said = titleIn(one.disposition_title, i18n.language);
  const queue = titleIn(one.queue?.title, i18n.language);
  return (
    <li>
      <a className="past" href={new URL(`interactions/${one.id}`, serverBase()).href} target="lingtong-console">
        <span className="past-top">
          <b>
            <RelativeTime at={one.started_at} />
          </b>
          <span data-outcome={outcome}>{outcome === null ? t("history.now") : t(`outcome.${outcome}`)}</span>
        </span>
        <span className="faint">
          {t(`direction.${one.direction}`)} · {queue === "" ? t("card.noQueue") : queue} · {one.agent?.number ?? t("history.noAgent")} ·{" "}
          <Duration ms={one.talk_ms} />
        </span>
        {said === "" ? null : <span>{said}</span>}
      </a>
    </li>
  );
}

/** Earlier calls of the number on the line. */
export function HistoryPanel(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { history } = useWork();
  const { items, loading, error } = history;
  return (
    <Panel
      className="desk-side"
      title={t("history.title")}
      extra={items.length === 0 ? undefined : <span className="faint">{t("history.count", { count: items.length })}</span>}
    >
      {loading ? (
        <Skeleton rows={5} />
      ) : error !== null ? (
        <ErrorState error={error} />
      ) : items.length === 0 ? (
        <EmptyState title={t("history.none")}>{t("history.noneText")}</EmptyState>
      ) : (
        <ul className="side-list">
          {items.map((one) => (
            <Row key={one.id} one={one} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
