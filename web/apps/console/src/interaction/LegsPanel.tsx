import type { InteractionDetail, Leg } from "@lingtong/api";
import { parseTime } from "@lingtong/model";
import { Duration, Panel } from "@lingtong/ui";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { endText } from "./codes";

/** Mean opinion scores from which a person calls the sound good, or bearable. */
const GOOD_MOS = 4;
const FAIR_MOS = 3.5;

function value(measured: number | null | undefined, digits: number, unit: string): string {
  return measured === null || measured === undefined ? "–" : `${measured.toFixed(digits)}${unit}`;
}

function Mos({ mos }: { mos: number | null | undefined }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  if (mos === null || mos === undefined) return <span className="faint">–</span>;
  const grade = mos >= GOOD_MOS ? "good" : mos >= FAIR_MOS ? "fair" : "poor";
  return (
    <span className="mos" data-grade={grade}>
      <b className="num">{mos.toFixed(2)}</b> {t(`quality.${grade}`)}
    </span>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}

function length(from: string | null | undefined, to: string | null | undefined): ReactNode {
  if (typeof from !== "string" || typeof to !== "string") return "–";
  return <Duration ms={parseTime(to) - parseTime(from)} />;
}

/** What was spoken; both ways where the far end chose another codec than ours. */
function codecText(media: Leg["media"]): string {
  const { codec, codec_received: received, clock_rate_hz: clock } = media ?? {};
  if (codec === null || codec === undefined) return "–";
  const both = received === null || received === undefined || received === codec ? codec : `${codec} / ${received}`;
  return clock === null || clock === undefined ? both : `${both} · ${String(clock / 1000)} kHz`;
}

/** How the call was led on from one number to the next. */
function Way({ forwards }: Pick<InteractionDetail, "forwards">): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  if (forwards.length === 0) return null;
  return (
    <ol className="way" aria-label={t("detail.way")}>
      {forwards.map((step, at) => {
        const name = /^queue:(.+)$/.exec(step.to)?.[1];
        const to = name === undefined ? step.to : t("forward.queue", { name });
        return <li key={at}>{t(`forward.${step.why}`, { by: step.by, to })}</li>;
      })}
    </ol>
  );
}

/** Each leg with its times, its end, and how it sounded. */
export function LegsPanel({ legs, forwards }: Pick<InteractionDetail, "legs" | "forwards">): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <Panel title={t("detail.legs")}>
      <Way forwards={forwards} />
      <ul className="legs">
        {legs.map((leg) => (
          <li key={leg.id}>
            <header>
              <span className="leg-role" data-role={leg.role}>
                {t(`leg.${leg.role}`)}
              </span>
              <span className="mono leg-address">{leg.address}</span>
              <Mos mos={leg.media?.mos} />
            </header>
            <dl>
              <Fact name={t("leg.ringTime")}>{length(leg.ringing_at, leg.answered_at ?? leg.ended_at)}</Fact>
              <Fact name={t("leg.talkTime")}>{length(leg.answered_at, leg.ended_at)}</Fact>
              <Fact name={t("leg.codec")}>{codecText(leg.media)}</Fact>
              <Fact name={t("leg.loss")}>{value(leg.media?.loss_pct, 2, "%")}</Fact>
              <Fact name={t("leg.jitter")}>{value(leg.media?.jitter_ms, 1, " ms")}</Fact>
              <Fact name={t("leg.rtt")}>{value(leg.media?.rtt_ms, 0, " ms")}</Fact>
            </dl>
            <footer className="faint">
              <span>{t("leg.end", { cause: endText(t, leg.end_cause) })}</span>
              <span className="mono leg-call-id" title={leg.sip_call_id}>
                {leg.sip_call_id}
              </span>
            </footer>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
