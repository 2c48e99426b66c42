import type { SitePlan } from "@lingtong/api";
import { neighbours, type PlanDraft } from "@lingtong/model";
import { Panel } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "./useFigures";

/** The plan in plain words: why so many seats, and what one more or fewer would change. */
export function WhyPanel({ plan, draft }: { plan: SitePlan; draft: PlanDraft }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { count, percent, fine, seconds } = useFigures();
  const { busiest, ordinary, trunks } = plan;
  const { fewer, more } = neighbours(plan);
  const { text } = draft;
  const share = (typed: string): string => percent(Number(typed) / 100);
  const point = (one: typeof busiest | NonNullable<typeof fewer>): { level: string; asa: string; occupancy: string } => ({
    level: percent(one.service_level),
    asa: seconds(one.asa_s),
    occupancy: percent(one.occupancy),
  });
  const beside = (key: "fewer" | "more", one: typeof fewer): ReactElement | null =>
    one === undefined ? null : <li>{t(`planner.why.${key}`, { agents: one.agents, ...point(one) })}</li>;
  return (
    <Panel title={t("planner.why.title")}>
      <div className="plan-why">
        <p>
          {t("planner.why.load", {
            minutes: plan.interval_min,
            from: busiest.from,
            headroom: share(text.headroom),
            calls: count(busiest.calls),
            aht: text.aht_s,
            erlangs: count(busiest.erlangs),
          })}
        </p>
        <p>
          {t(`planner.why.by_${plan.bound_by}`, {
            agents: plan.seats,
            goal: share(text.service_level),
            target: text.target_s,
            most: share(text.max_occupancy),
            ...point(busiest),
          })}
        </p>
        <ul>
          {beside("fewer", fewer)}
          {beside("more", more)}
        </ul>
        <p>
          {t("planner.why.shrinkage", { shrinkage: share(text.shrinkage), scheduled: plan.agents_scheduled })}{" "}
          {t("planner.why.ordinary", { level: percent(ordinary.service_level), occupancy: percent(ordinary.occupancy) })}
        </p>
        <p>
          {text.patience_s.trim() === ""
            ? t("planner.why.patient")
            : t("planner.why.impatient", { patience: text.patience_s, abandon: percent(busiest.abandon_probability) })}
        </p>
        <p>
          {t("planner.why.trunks", {
            hold: count(trunks.hold_s),
            erlangs: count(trunks.erlangs),
            lines: trunks.lines,
            blocking: fine(Number(text.blocking) / 100),
          })}
        </p>
        {plan.of_seats ? (
          <p>
            <b>
              {t("planner.why.enough", {
                seats: plan.of_seats.seats,
                calls: count(Math.floor(plan.of_seats.calls)),
                headroom: share(text.headroom),
              })}
            </b>
          </p>
        ) : null}
        <p className="faint">{t("planner.why.assumed")}</p>
      </div>
    </Panel>
  );
}
