import { clock, type ReportColumn, type ReportEvery } from "@lingtong/model";
import { useLocality } from "@lingtong/ui";
import { useMemo } from "react";
import { useReportWords } from "./words";

export interface Format {
  /** A figure as it stands in a table; a dash where there is none. */
  figure: (unit: ReportColumn["unit"], value: number | null) => string;
  /** A change against the period before. */
  change: (unit: ReportColumn["unit"], change: number) => string;
  /** The start of an interval, as short as it stands on an axis. */
  place: (every: ReportEvery, at: number, oneDay: boolean) => string;
  /** Date and time of a moment. */
  moment: (at: number) => string;
}

/** Figures and times as the reader's language writes them. */
export function useFormat(): Format {
  const { t, language } = useReportWords();
  const { timeZone } = useLocality();
  return useMemo(() => {
    const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
    const signed = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" });
    const points = new Intl.NumberFormat(language, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
    const times = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
      new Intl.DateTimeFormat(language, { timeZone, hourCycle: "h23", ...options });
    const minute = times({ hour: "2-digit", minute: "2-digit" });
    const day = times({ month: "2-digit", day: "2-digit" });
    const month = times({ year: "numeric", month: "2-digit" });
    const moment = times({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
    return {
      figure: (unit, value) => {
        if (value === null) return "–";
        return unit === "count" ? whole.format(value) : unit === "share" ? share.format(value) : clock(value);
      },
      change: (unit, change) => (unit === "share" ? t("points", { value: points.format(change * 100) }) : signed.format(change)),
      place: (every, at, oneDay) => {
        if (every === "month") return month.format(at);
        if (every === "day" || every === "week") return day.format(at);
        return oneDay ? minute.format(at) : `${day.format(at)} ${minute.format(at)}`;
      },
      moment: (at) => moment.format(at),
    };
  }, [language, t, timeZone]);
}
