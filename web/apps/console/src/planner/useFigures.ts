import { useMemo } from "react";
import { useTranslation } from "react-i18next";

export interface Figures {
  count: (value: number) => string;
  percent: (share: number) => string;
  /** Shares far below one in a hundred. */
  fine: (share: number) => string;
  seconds: (value: number | null | undefined) => string;
  bytes: (value: number) => string;
  kbps: (value: number) => string;
  mbps: (value: number) => string;
}

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** Numbers as the reader's language writes them. */
export function useFigures(): Figures {
  const { t, i18n } = useTranslation(["console", "ui"]);
  return useMemo(() => {
    const number = (digits: number): Intl.NumberFormat => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: digits });
    const share = (digits: number): Intl.NumberFormat =>
      new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: digits });
    const [whole, tenth, percent, fine] = [number(0), number(1), share(1), share(3)];
    const count = (value: number): string => (value >= 100 ? whole : tenth).format(value);
    return {
      count,
      percent: (value) => percent.format(value),
      fine: (value) => fine.format(value),
      seconds: (value) =>
        typeof value === "number" ? `${count(value)} ${t("planner.unit.seconds")}` : t("planner.why.endless"),
      bytes: (value) => {
        const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
        return `${tenth.format(value / 1000 ** power)} ${UNITS[power] ?? "B"}`;
      },
      kbps: (value) => `${count(value)} kbit/s`,
      mbps: (value) => `${count(value)} Mbit/s`,
    };
  }, [i18n.language, t]);
}
