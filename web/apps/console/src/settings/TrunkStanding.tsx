import { StateMark } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";

/** A carrier answers within seconds: who has just typed a password waits for this. */
const REFRESH_MS = 3_000;
const GOOD: readonly string[] = ["registered", "up"];
const BAD: readonly string[] = ["refused", "unreachable", "down"];

/** How a trunk stands: whether the carrier took its registration, whether the far end answers, and its calls. */
export function TrunkStanding({ name }: { name: string }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  const { api } = useServices();
  const { data } = useQuery({
    queryKey: ["trunk-standing", name],
    queryFn: async ({ signal }) => (await api.live(signal)).trunks?.find((trunk) => trunk.name === name) ?? null,
    refetchInterval: REFRESH_MS,
  });
  if (data === undefined || data === null) return null;
  const { registration, state } = data;
  const mark = (word: string): ReactElement => <StateMark state={GOOD.includes(word) ? "ready" : BAD.includes(word) ? "alarm" : "not_ready"} size={10} />;
  const calls = data.max_calls === 0 ? data.calls : `${String(data.calls)} / ${String(data.max_calls)}`;
  return (
    <div className="field-others" role="status">
      <h3>{t("settings.trunk.title")}</h3>
      <dl className="facts">
        {registration === "off" ? null : (
          <div className="phone-sheet-row">
            <dt>{t("settings.trunk.registration")}</dt>
            <dd>
              {mark(registration)} {t(`settings.trunk.is.${registration}`)}
              {typeof data.registration_status === "number" ? <span className="faint num"> {data.registration_status}</span> : null}
            </dd>
          </div>
        )}
        {state === "unknown" ? null : (
          <div className="phone-sheet-row">
            <dt>{t("settings.trunk.far")}</dt>
            <dd>
              {mark(state)} {t(`settings.trunk.is.${state}`)}
            </dd>
          </div>
        )}
        <div className="phone-sheet-row">
          <dt>{t("settings.trunk.calls")}</dt>
          <dd className="num">{calls}</dd>
        </div>
      </dl>
    </div>
  );
}
