import type { RehearsedFigures, ReplayResult, ReplayedDay } from "@lingtong/api";
import { fieldOf, kindOf } from "@lingtong/model";
import { Figure, Panel } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useQueueTitles } from "../settings/useNames";
import { ChangedCalls } from "./ChangedCalls";
import { DayPlots } from "./DayPlots";
import { COLUMNS, useShown } from "./Outcome";

const TOP = ["service_level", "abandon_share", "asa_s", "wait_p90_s", "occupancy"] as const;
const SIDES = ["actual", "recorded", "draft"] as const;

/** Some of the customers, as they fared on each side. */
interface Group {
  key: string;
  name: string;
  of: (day: ReplayedDay) => RehearsedFigures | undefined;
}

function Top({ result }: { result: ReplayResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const show = useShown();
  return (
    <section className="panel reh-top" aria-label={t("replay.top")}>
      {TOP.map((measure) => (
        <Figure
          key={measure}
          label={t(`rehearsal.measure.${measure}`)}
          note={`${t("replay.side.recorded")} ${show(measure, result.recorded[measure])} · ${t("replay.side.actual")} ${show(measure, result.actual[measure])}`}
          tone="--accent"
        >
          {show(measure, result.draft[measure])}
        </Figure>
      ))}
    </section>
  );
}

/** The draft less the day's own policy, with its sign. */
function useDifference(): (column: (typeof COLUMNS)[number], before: RehearsedFigures | undefined, after: RehearsedFigures | undefined) => string {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
  return (column, before, after) => {
    const [a, b] = [before?.[column], after?.[column]];
    if (typeof a !== "number" || typeof b !== "number") return "–";
    // Shares differ by points: "+5 %" would read as a twentieth more of what was.
    return column === "service_level" ? t("replay.points", { points: number.format((b - a) * 100) }) : number.format(b - a);
  };
}

function Table({ result }: { result: ReplayResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const [show, difference, titles] = [useShown(), useDifference(), useQueueTitles()];
  const known = result.recorded;
  const groups: Group[] = [
    { key: "centre", name: t("rehearsal.centre"), of: (day) => day },
    ...known.queues.map(({ queue }): Group => ({ key: `queue ${queue}`, name: titles.get(queue) ?? queue, of: (day) => day.queues.find((one) => one.queue === queue) })),
    ...(known.classes.length < 2 ? [] : known.classes).map((one): Group => ({
      key: `class ${String(one.priority_recorded)} ${String(one.priority_draft)}`,
      name: t("replay.class", { recorded: one.priority_recorded, draft: one.priority_draft }),
      of: (day) => day.classes.find((other) => other.priority_recorded === one.priority_recorded && other.priority_draft === one.priority_draft),
    })),
  ];
  return (
    <Panel title={t("replay.table")}>
      <div className="reh-scroll" tabIndex={0} role="group" aria-label={t("replay.table")}>
        <table className="data-table num reh-table">
          <thead>
            <tr>
              <th scope="col">{t("replay.whose")}</th>
              <th scope="col">{t("replay.run")}</th>
              {COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {t(`rehearsal.table.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          {groups.map((group) => (
            <tbody key={group.key}>
              {SIDES.map((side, at) => (
                <tr key={side}>
                  {at === 0 ? (
                    <th scope="rowgroup" rowSpan={SIDES.length + 1}>
                      {group.name}
                    </th>
                  ) : null}
                  <th scope="row">{t(`replay.side.${side}`)}</th>
                  {COLUMNS.map((column) => (
                    <td key={column}>{show(column, group.of(result[side])?.[column])}</td>
                  ))}
                </tr>
              ))}
              <tr className="reh-difference">
                <th scope="row">{t("replay.difference")}</th>
                {COLUMNS.map((column) => (
                  <td key={column}>{difference(column, group.of(result.recorded), group.of(result.draft))}</td>
                ))}
              </tr>
            </tbody>
          ))}
        </table>
      </div>
    </Panel>
  );
}

function Plots({ result }: { result: ReplayResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const days = [
    { name: t("replay.side.actual"), color: "--ink-3", dashed: true, intervals: result.actual.intervals },
    { name: t("replay.side.recorded"), color: "--queued", intervals: result.recorded.intervals },
    { name: t("replay.side.draft"), color: "--accent", intervals: result.draft.intervals },
  ];
  return (
    <div className="reh-two">
      <DayPlots days={days} plots={["service_level", "wait_p90_s", "abandon_share"]} />
    </div>
  );
}

/** How far the replay itself can be believed. */
function Trust({ result }: { result: ReplayResult }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  const off = Math.abs((result.recorded.service_level ?? 0) - (result.actual.service_level ?? 0));
  return (
    <Panel title={t("replay.trust.title")}>
      <ul className="reh-assumed">
        <li>{t("replay.trust.off", { points: t("replay.points", { points: number.format(off * 100) }) })}</li>
        <li>{t(result.policy_from === "journal" ? "replay.trust.journal" : "replay.trust.settings", { count: result.policy_changes })}</li>
        {result.differs_since.length === 0 ? null : <li>{t("replay.trust.since", { what: result.differs_since.join(" · ") })}</li>}
        <li>{t("replay.trust.rings")}</li>
        <li>{t("replay.trust.people")}</li>
        <li>{t("rehearsal.assumed.seed", { seed: result.seed })}</li>
      </ul>
    </Panel>
  );
}

/** The day as it was, under its own policy, and under the draft. */
export function ReplayOutcome({ result }: { result: ReplayResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const titles = useQueueTitles();
  const fieldWord = (kind: string, path: string): string => {
    const form = kindOf(kind);
    const field = form === undefined ? undefined : fieldOf(form, path);
    return field === undefined ? path : t(`settings.field.${field.word}`);
  };
  const called = ({ kind, name }: { kind: string; name: string }): string => (kind === "queue" ? (titles.get(name) ?? name) : name);
  const changes = result.changes.map((change) => [t(`settings.kind.${change.kind as "queue" | "setting"}`, { defaultValue: change.kind }), called(change), change.fields.map((path) => fieldWord(change.kind, path)).join(", ")].filter((part) => part !== "").join(" · "));
  return (
    <div className="reh-outcome">
      <h2 className="reh-title">{t("replay.title", result)}</h2>
      <p className="reh-lead">{changes.length === 0 ? t("replay.present") : t("replay.changes", { what: changes.join("; ") })}</p>
      <Top result={result} />
      <Table result={result} />
      <Plots result={result} />
      <ChangedCalls result={result} />
      <Trust result={result} />
    </div>
  );
}
