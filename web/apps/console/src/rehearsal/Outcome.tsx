import type { RehearsalDifference, RehearsalResult, RehearsedDay } from "@lingtong/api";
import { Figure, Panel, Plot } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "../planner/useFigures";
import { Assumed } from "./Assumed";
import { DayPlots, placesOf, seriesOf, type PlottedDay } from "./DayPlots";

const MEASURES = ["nowhere", "broken", "unreachable", "service_level", "abandon_share", "asa_s", "wait_p90_s", "longest_wait_s", "occupancy"] as const;
type MeasureId = (typeof MEASURES)[number];

const TOP = ["service_level", "abandon_share", "asa_s", "wait_p90_s", "occupancy"] as const;
export const COLUMNS = ["offered", "served", "gave_up", "elsewhere", "service_level", "asa_s", "wait_p50_s", "wait_p90_s", "wait_p99_s", "longest_wait_s"] as const;

/** A figure in its unit. */
export function useShown(): (measure: string, value: number | null | undefined) => string {
  const { count, percent, seconds } = useFigures();
  return (measure, value) => {
    if (typeof value !== "number") return "–";
    if (measure.endsWith("_s")) return seconds(value);
    return measure === "service_level" || measure === "abandon_share" || measure === "occupancy" ? percent(value) : count(value);
  };
}

function Nowhere({ day }: { day: RehearsedDay }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  if (day.nowhere.length === 0 && day.broken_invariants.length === 0 && day.unreachable === 0) return null;
  return (
    <ul>
      {day.nowhere.map((end, at) => {
        const place = { flow: end.flow ?? "", node: end.node ?? "", outlet: end.outlet ?? "" };
        const where = place.node === "" ? t("rehearsal.nowhereNone") : t(place.outlet === "" ? "rehearsal.nowhereNode" : "rehearsal.nowhereOutlet", place);
        return <li key={at}>{t("rehearsal.nowhereLine", { calls: end.calls, number: end.number, at: where })}</li>;
      })}
      {day.unreachable === 0 ? null : <li>{t("rehearsal.unreachable", { count: day.unreachable })}</li>}
      {day.broken_invariants.map((broken) => (
        <li key={broken.name}>{t("rehearsal.broken", { name: broken.name, count: broken.count })}</li>
      ))}
    </ul>
  );
}

/** What loses callers, in red, before anything else. */
function Verdict({ result }: { result: RehearsalResult }): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  const { today, draft, breaks } = result;
  if (draft !== null && draft !== undefined && breaks) {
    return (
      <section role="alert" className="reh-broken">
        <h2>▲ {t("rehearsal.breaks")}</h2>
        <Nowhere day={draft} />
      </section>
    );
  }
  const shown = draft ?? today;
  const lost = shown.nowhere.length + shown.broken_invariants.length + shown.unreachable > 0;
  if (lost) {
    return (
      <section className="reh-lost">
        <h2>{t("rehearsal.nowhere")}</h2>
        <Nowhere day={shown} />
      </section>
    );
  }
  return draft === null || draft === undefined ? null : <p className="reh-sound">● {t("rehearsal.sound")}</p>;
}

function Changes({ result }: { result: RehearsalResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const show = useShown();
  const line = (one: RehearsalDifference): string => {
    const measure = MEASURES.find((known): known is MeasureId => known === one.measure);
    const name = measure === undefined ? one.measure : t(`rehearsal.measure.${measure}`);
    return t("rehearsal.change", { measure: name, today: show(one.measure, one.today), draft: show(one.measure, one.draft) });
  };
  const none = result.draft === null || result.draft === undefined;
  return (
    <Panel title={t("rehearsal.changes")}>
      {none || result.differences.length === 0 ? (
        <p className="reh-note faint">{t(none ? "rehearsal.noDraft" : "rehearsal.same")}</p>
      ) : (
        <ul className="reh-changes">
          {result.differences.map((one, at) => (
            <li key={at} data-better={one.better ?? "depends"}>
              <span className="reh-whose">{one.queue ?? t("rehearsal.centre")}</span>
              <span>{line(one)}</span>
              {typeof one.better === "boolean" ? <strong>{t(one.better ? "rehearsal.better" : "rehearsal.worse")}</strong> : null}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Top({ result }: { result: RehearsalResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const show = useShown();
  return (
    <section className="panel reh-top" aria-label={t("rehearsal.changes")}>
      {TOP.map((measure) => {
        const [today, draft] = [result.today[measure], result.draft?.[measure]];
        const both = result.draft !== null && result.draft !== undefined;
        return (
          <Figure key={measure} label={t(`rehearsal.measure.${measure}`)} note={both ? `${t("rehearsal.side.today")} ${show(measure, today)}` : t("rehearsal.side.today")} tone="--accent">
            {show(measure, both ? draft : today)}
          </Figure>
        );
      })}
    </section>
  );
}

/** The day by intervals, today and the draft in one plot. */
function Plots({ result }: { result: RehearsalResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { count } = useFigures();
  const drafted = result.draft ?? null;
  const today = { name: t("rehearsal.side.today"), color: "--ink-3", dashed: drafted !== null, intervals: result.today.intervals };
  const days: PlottedDay<RehearsedDay["intervals"][number]>[] = drafted === null ? [today] : [today, { name: t("rehearsal.side.draft"), color: "--accent", intervals: drafted.intervals }];
  const calls = seriesOf(days.slice(0, 1), (interval) => interval.calls).map((one) => ({ ...one, name: t("rehearsal.plot.calls"), color: "--queued", dashed: false }));
  const staff = seriesOf(days, (interval) => interval.agents).map((one) => ({ ...one, name: `${t("rehearsal.plot.staff")} · ${one.name}`, dashed: true }));
  return (
    <div className="reh-two">
      <DayPlots days={days} plots={["service_level", "wait_p90_s", "abandon_share", "occupancy"]} />
      <Panel title={t("rehearsal.plot.agents")} className="reh-wide">
        <Plot label={t("rehearsal.plot.agents")} kind="step" places={placesOf(days)} format={count} missing="–" series={[...calls, ...staff]} />
      </Panel>
    </div>
  );
}

function Queues({ result }: { result: RehearsalResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const show = useShown();
  const drafted = result.draft ?? null;
  return (
    <Panel title={t("rehearsal.table.title")}>
      <div className="reh-scroll" tabIndex={0} role="group" aria-label={t("rehearsal.table.title")}>
        <table className="data-table num reh-table">
          <thead>
            <tr>
              <th scope="col">{t("rehearsal.table.queue")}</th>
              {COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {t(`rehearsal.table.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.today.queues.map((queue) => {
              const other = drafted?.queues.find((one) => one.queue === queue.queue);
              return (
                <tr key={queue.queue}>
                  <th scope="row">{queue.queue}</th>
                  {COLUMNS.map((column) => (
                    <td key={column}>
                      {show(column, queue[column])}
                      {drafted === null ? null : <span className="reh-draft">{show(column, other?.[column])}</span>}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Left({ result }: { result: RehearsalResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const drafted = result.draft ?? null;
  const key = (one: { flow: string; node: string }): string => `${one.flow} / ${one.node}`;
  const places = [...new Set([...result.today.left, ...(drafted?.left ?? [])].map(key))];
  const calls = (day: RehearsedDay, place: string): number => day.left.find((one) => key(one) === place)?.calls ?? 0;
  return (
    <Panel title={t("rehearsal.left.title")}>
      {places.length === 0 ? (
        <p className="reh-note faint">{t("rehearsal.left.none")}</p>
      ) : (
        <table className="data-table num reh-table">
          <thead>
            <tr>
              <th scope="col">{t("rehearsal.left.node")}</th>
              <th scope="col">{t("rehearsal.side.today")}</th>
              {drafted === null ? null : <th scope="col">{t("rehearsal.side.draft")}</th>}
            </tr>
          </thead>
          <tbody>
            {places.map((place) => (
              <tr key={place}>
                <th scope="row">{place}</th>
                <td>{calls(result.today, place)}</td>
                {drafted === null ? null : <td>{calls(drafted, place)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** Both days side by side. */
export function Outcome({ result }: { result: RehearsalResult }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const source = (["forecast", "recorded", "written"] as const).find((one) => one === result.source) ?? "written";
  return (
    <div className="reh-outcome">
      <h2 className="reh-title">{t("rehearsal.title", { day: result.day, source: t(`rehearsal.sourceOf.${source}`), calls: result.calls })}</h2>
      <Verdict result={result} />
      <Top result={result} />
      <Changes result={result} />
      <Plots result={result} />
      <Queues result={result} />
      <div className="reh-two">
        <Left result={result} />
        <Assumed result={result} />
      </div>
    </div>
  );
}
