import type { CallbackStatus } from "@lingtong/api";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

const COLOR: Readonly<Record<CallbackStatus, string>> = {
  asked: "--queued",
  done: "--ready",
  cancelled: "--not-ready",
  given_up: "--alarm",
};

const GLYPH: Readonly<Record<CallbackStatus, string>> = {
  asked: "M6 3v3.200l2 1.300M6 1.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9",
  done: "M2 6.500 4.800 9.200 10 3.200",
  cancelled: "M2.500 6h7",
  given_up: "m2.500 2.500 7 7m0-7-7 7",
};

/** How far a callback has come, with one colour and one sign each. */
export function CallbackBadge({ status }: { status: CallbackStatus }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <span className="outcome" style={{ color: `var(${COLOR[status]})` }}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        <path d={GLYPH[status]} fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      {t(`callback.${status}`)}
    </span>
  );
}
