import type { Outcome } from "@lingtong/api";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

const COLOR: Readonly<Record<Outcome, string>> = {
  answered: "--ready",
  abandoned: "--wrap-up",
  rejected: "--not-ready",
  failed: "--alarm",
  self_served: "--menu",
  callback: "--queued",
  voicemail: "--queued",
};

const GLYPH: Readonly<Record<Outcome, string>> = {
  answered: "M2 6.5 4.8 9.2 10 3.2",
  abandoned: "M10 2.500V7H2.500M5 4.500 2.500 7 5 9.500",
  rejected: "M2.500 6h7",
  failed: "m2.500 2.500 7 7m0-7-7 7",
  self_served: "M2 3h8M2 6h8M2 9h5",
  callback: "M9.500 6.500a3.500 3.500 0 1 1-1.200-3.200M8.500 1v2.600H6",
  voicemail: "M1.500 3h9v6h-9zM1.500 3l4.500 3.500L10.500 3",
};

/** How an interaction went, with one colour and one sign each. */
export function OutcomeBadge({ outcome }: { outcome: Outcome }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <span className="outcome" style={{ color: `var(${COLOR[outcome]})` }}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        <path d={GLYPH[outcome]} fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      {t(`outcome.${outcome}`)}
    </span>
  );
}
