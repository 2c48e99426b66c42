import type { Direction } from "@lingtong/api";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

const PATH: Readonly<Record<Direction, string>> = {
  inbound: "M10 2 3 9M3 4v5h5",
  outbound: "m2 10 7-7M4 3h5v5",
  internal: "M1.500 4.500h8M7 2l2.500 2.500L7 7M10.500 9h-8",
};

export function DirectionMark({ direction }: { direction: Direction }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const word = t(`direction.${direction}`);
  return (
    <svg className="direction" viewBox="0 0 12 12" width="13" height="13" role="img" aria-label={word}>
      <title>{word}</title>
      <path d={PATH[direction]} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
