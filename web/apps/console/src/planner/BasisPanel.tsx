import type { PlanBasis } from "@lingtong/api";
import { Figure, Panel, Skeleton } from "@lingtong/ui";
import type { UseQueryResult } from "@tanstack/react-query";
import { Button } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "./useFigures";

/** What the centre's own records say, ready to be planned with. */
export function BasisPanel({ query, take }: { query: UseQueryResult<PlanBasis>; take: (basis: PlanBasis) => void }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { count, seconds } = useFigures();
  const basis = query.data;
  if (query.isPending) {
    return (
      <Panel title={t("planner.basis.title")}>
        <Skeleton rows={2} />
      </Panel>
    );
  }
  if (basis === undefined) {
    return (
      <Panel title={t("planner.basis.title")}>
        <p className="plan-note" role="alert">
          {t("planner.basis.failed")}{" "}
          <button type="button" className="link-button" onClick={() => void query.refetch()}>
            {t("ui:retry")}
          </button>
        </p>
      </Panel>
    );
  }
  if (basis.calls === 0) {
    return (
      <Panel title={t("planner.basis.title")}>
        <p className="plan-note faint">{t("planner.basis.none")}</p>
      </Panel>
    );
  }
  const { patience } = basis;
  return (
    <Panel
      title={t("planner.basis.title")}
      extra={
        <Button
          size="small"
          type="primary"
          onClick={() => {
            take(basis);
          }}
        >
          {t("planner.basis.take")}
        </Button>
      }
    >
      <div className="plan-basis">
        <Figure label={t("planner.basis.calls")} note={t("planner.basis.days", { count: basis.days, calls: count(basis.calls) })}>
          {count(basis.calls_a_day ?? 0)}
        </Figure>
        <Figure label={t("planner.basis.aht")}>{typeof basis.aht_s === "number" ? seconds(basis.aht_s) : "–"}</Figure>
        <Figure
          label={t("planner.basis.patience")}
          note={patience ? t("planner.basis.range", { low: count(patience.low_s), high: count(patience.high_s) }) : t("planner.basis.nobodyLeft")}
        >
          {patience ? seconds(patience.patience_s) : "–"}
        </Figure>
      </div>
    </Panel>
  );
}
