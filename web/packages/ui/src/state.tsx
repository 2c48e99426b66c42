import type { AgentStateName, LiveInteractionState } from "@lingtong/api";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** Everything that has one colour and one shape throughout the product. */
export type StateName = AgentStateName | LiveInteractionState | "alarm";

/** Custom property that holds the state's colour. */
export const STATE_COLOR: Readonly<Record<StateName, string>> = {
  ready: "--ready",
  talking: "--talking",
  ringing: "--ringing",
  wrap_up: "--wrap-up",
  not_ready: "--not-ready",
  offline: "--not-ready",
  alarm: "--alarm",
  queued: "--queued",
  menu: "--menu",
  held: "--held",
  away: "--held",
  parked: "--held",
  ending: "--not-ready",
};

const HALF_LEFT = "M6 1.5a4.5 4.5 0 0 0 0 9Z";
const HALF_RIGHT = "M6 1.5a4.5 4.5 0 0 1 0 9Z";
const ring = <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />;

const SHAPE: Readonly<Record<StateName, ReactNode>> = {
  ready: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  talking: (
    <>
      {ring}
      <path d={HALF_LEFT} fill="currentColor" />
    </>
  ),
  ringing: (
    <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="2 1.534" />
  ),
  wrap_up: (
    <>
      {ring}
      <path d={HALF_RIGHT} fill="currentColor" />
    </>
  ),
  not_ready: <rect x="1.5" y="1.5" width="9" height="9" rx="1" fill="currentColor" />,
  offline: <rect x="2.25" y="2.25" width="7.5" height="7.5" rx="1" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  alarm: <path d="M6 1 11.3 10.6H.7Z" fill="currentColor" />,
  queued: <path d="M6 .6 11.4 6 6 11.4.6 6Z" fill="currentColor" />,
  menu: <path d="M1.5 2h9v2h-9zm0 3.2h9v2h-9zm0 3.2h6v2h-6z" fill="currentColor" />,
  held: <path d="M2.5 1.5h2.6v9H2.5zm4.4 0h2.6v9H6.9z" fill="currentColor" />,
  away: (
    <path d="M3 2h1.6v8H3zm4.4 0H9v8H7.4z" fill="none" stroke="currentColor" strokeWidth="1.2" />
  ),
  parked: (
    <path d="M3 1.5h3.8a2.6 2.6 0 0 1 0 5.2H3zm0 5.2v4" fill="none" stroke="currentColor" strokeWidth="1.6" />
  ),
  ending: <path d="m2 2 8 8m0-8-8 8" stroke="currentColor" strokeWidth="1.8" fill="none" />,
};

/** The state's shape in its colour, or in that of the level beside it; always beside its word or within something labelled. */
export function StateMark({ state, size = 12, color = STATE_COLOR[state] }: { state: StateName; size?: number; color?: string }): ReactElement {
  return (
    <svg
      className="state-mark"
      data-state={state}
      viewBox="0 0 12 12"
      width={size}
      height={size}
      style={{ color: `var(${color})` }}
      aria-hidden="true"
    >
      {SHAPE[state]}
    </svg>
  );
}

/** Shape, colour and word of a state. */
export function StateBadge({ state, children }: { state: StateName; children?: ReactNode }): ReactElement {
  const { t } = useTranslation("ui");
  return (
    <span className="state-badge" style={{ color: `var(${STATE_COLOR[state]})` }}>
      <StateMark state={state} />
      <span>{children ?? t(`state.${state}`)}</span>
    </span>
  );
}
