import type { SitePlan } from "@lingtong/api";
import { planFromSearch, withBasis, type PlanDraft } from "@lingtong/model";
import { EmptyState, ErrorState, Figure, Panel, Skeleton } from "@lingtong/ui";
import "@lingtong/ui/plot.css";
import { useSearch } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useTitle } from "../useTitle";
import { BasisPanel } from "./BasisPanel";
import { PlanForm } from "./PlanForm";
import { Plots } from "./Plots";
import { Tables } from "./Tables";
import { useFigures } from "./useFigures";
import { useBasis, usePlan } from "./usePlan";
import { WhyPanel } from "./WhyPanel";
import "./planner.css";

const MIB = 1024 * 1024;

function TopLine({ plan, codec }: { plan: SitePlan; codec: string }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { count, fine, bytes, mbps } = useFigures();
  const { trunks, disk, machine } = plan;
  const width = plan.bandwidth.find((one) => one.codec === codec);
  return (
    <section className="panel plan-top" aria-label={t("planner.figures.label")}>
      <Figure label={t("planner.figures.seats")} note={t("planner.figures.seatsNote", { from: plan.busiest.from })} tone="--accent">
        {plan.seats}
      </Figure>
      <Figure label={t("planner.figures.scheduled")} note={t("planner.figures.scheduledNote", { hours: count(plan.paid_hours) })}>
        {plan.agents_scheduled}
      </Figure>
      <Figure label={t("planner.figures.lines")} note={t("planner.figures.linesNote", { blocking: fine(trunks.blocking) })}>
        {trunks.lines}
      </Figure>
      <Figure label={t("planner.figures.bandwidth")} note={t("planner.figures.bandwidthNote", { codec: codec.toUpperCase() })}>
        {mbps(width?.trunks_mbps ?? 0)}
      </Figure>
      <Figure label={t("planner.figures.disk")} note={t("planner.figures.diskNote", { day: bytes(disk.day_bytes), year: bytes(disk.year_bytes) })}>
        {bytes(disk.kept_bytes)}
      </Figure>
      <Figure
        label={t("planner.figures.machine")}
        note={t("planner.figures.machineNote", { memory: bytes(machine.memory_mib * MIB), ports: count(machine.ports) })}
      >
        {t("planner.figures.cores", { count: machine.cores })}
      </Figure>
    </section>
  );
}

function Waiting(): ReactElement {
  return (
    <>
      <Panel>
        <Skeleton rows={2} height={24} />
      </Panel>
      <Panel>
        <Skeleton rows={9} />
      </Panel>
    </>
  );
}

/** What the centre takes: seats, lines, bandwidth, disk, for what is typed. */
export function PlannerPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  useTitle(t("page.planner"));
  const search = useSearch({ from: "/shell/planner" });
  const [draft, setDraft] = useState<PlanDraft>(() => planFromSearch(search));
  const basis = useBasis();
  const { plan, problems, refused, error, retry } = usePlan(draft, basis.data, draft.day === "usual" || !basis.isPending);
  const wrong = problems.size > 0 || refused !== "";
  return (
    <div className="page planner">
      <h1 className="sr-only">{t("page.planner")}</h1>
      <PlanForm draft={draft} problems={problems} refused={refused} hasOwn={Boolean(basis.data?.curve)} change={setDraft} />
      <div className="plan-side">
        {wrong && plan !== undefined ? (
          <p className="plan-stale" role="status">
            {t("planner.mend")}
          </p>
        ) : null}
        {plan !== undefined && error === null ? (
          <div className="plan-results" data-stale={wrong}>
            <TopLine plan={plan} codec={draft.codec} />
            <div className="plan-pair">
              <WhyPanel plan={plan} draft={draft} />
              <BasisPanel
                query={basis}
                take={(own) => {
                  setDraft(withBasis(draft, own));
                }}
              />
            </div>
            <Plots plan={plan} goal={Number(draft.text.service_level) / 100} target={Number(draft.text.target_s)} />
            <Tables plan={plan} codec={draft.codec} />
          </div>
        ) : error !== null ? (
          <Panel>
            <ErrorState error={error} retry={retry} />
          </Panel>
        ) : wrong ? (
          <Panel>
            <EmptyState title={t("planner.mendFirst")}>{t("planner.mendFirstText")}</EmptyState>
          </Panel>
        ) : (
          <Waiting />
        )}
      </div>
    </div>
  );
}
