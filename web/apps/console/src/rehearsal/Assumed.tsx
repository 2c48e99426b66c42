import type { RehearsalResult } from "@lingtong/api";
import { Panel } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "../planner/useFigures";

/** What the result rests on. */
export function Assumed({ result }: { result: RehearsalResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { seconds } = useFigures();
  const { assumptions: on } = result;
  const staffed = (["recorded", "seats", "everyone"] as const).find((one) => one === on.staffed) ?? "everyone";
  return (
    <Panel title={t("rehearsal.assumed.title")}>
      <ul className="reh-assumed">
        {on.learnt_calls === 0 ? null : <li>{t("rehearsal.assumed.learnt", { from: on.learnt_from, to: on.learnt_to, calls: on.learnt_calls })}</li>}
        {on.mean_of.length === 0 ? null : <li>{t("rehearsal.assumed.mean", { days: on.mean_of.join(" · ") })}</li>}
        <li>{t(`rehearsal.assumed.${staffed}`, { day: on.staffed_on ?? "" })}</li>
        <li>{typeof on.patience_s === "number" ? t("rehearsal.assumed.patience", { patience: seconds(on.patience_s) }) : t("rehearsal.assumed.nobodyLeaves")}</li>
        <li>{t("rehearsal.assumed.talk", { talk: seconds(on.talk_s), ring: seconds(on.ring_s) })}</li>
        <li>{t("rehearsal.assumed.keys", { count: on.known_nodes })}</li>
        <li>{t("rehearsal.assumed.works")}</li>
        <li>{t("rehearsal.assumed.seed", { seed: result.seed })}</li>
      </ul>
    </Panel>
  );
}
