import type { ReplayResult, ReplayedCall } from "@lingtong/api";
import { Panel } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useQueueTitles } from "../settings/useNames";
import { useShown } from "./Outcome";

const WHYS = ["priority", "turned_away", "let_in", "new_agent", "lost_agent", "ahead", "at_work", "others"] as const;
const OUTCOMES = ["answered", "abandoned", "elsewhere"] as const;

function Fate({ fate }: { fate: ReplayedCall["draft"] }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const show = useShown();
  const outcome = OUTCOMES.find((one) => one === fate.outcome) ?? "elsewhere";
  const agent = typeof fate.agent === "string" ? ` · ${fate.agent}` : "";
  return (
    <td>
      {t(`replay.outcome.${outcome}`)} · {show("wait_s", fate.wait_s)}
      {agent}
    </td>
  );
}

/** The calls that the draft changes most, and why. */
export function ChangedCalls({ result }: { result: ReplayResult }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const titles = useQueueTitles();
  const time = new Intl.DateTimeFormat(i18n.language, { timeStyle: "medium" });
  const why = (call: ReplayedCall): string => {
    const { recorded, draft, agent } = call.why;
    return t(`replay.why.${WHYS.find((one) => one === call.why.code) ?? "others"}`, { recorded: recorded ?? 0, draft: draft ?? 0, agent: agent ?? "" });
  };
  return (
    <Panel title={t("replay.calls.title", result)}>
      {result.calls.length === 0 ? (
        <p className="reh-note faint">{t("replay.calls.none")}</p>
      ) : (
        <div className="reh-scroll" tabIndex={0} role="group" aria-label={t("replay.calls.table")}>
          <table className="data-table num reh-table reh-calls">
            <thead>
              <tr>
                {(["at", "queue", "recorded", "draft", "why"] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`replay.calls.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {result.calls.map((call, place) => (
                <tr key={place} data-better={call.better}>
                  <th scope="row">
                    <Link to="/interactions/$id" params={{ id: call.interaction }} className="cell-link">
                      {time.format(new Date(call.at))}
                    </Link>
                  </th>
                  <td>{titles.get(call.queue) ?? call.queue}</td>
                  <Fate fate={call.recorded} />
                  <Fate fate={call.draft} />
                  <td>
                    <strong>{t(call.better ? "rehearsal.better" : "rehearsal.worse")}</strong> {why(call)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
