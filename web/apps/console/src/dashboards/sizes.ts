/** Pixels of a row of the page, and between two. */
export const ROW = 92;
export const GAP = 12;
/** The head of a tile, the edge around it and the names below a plot. */
const AROUND_PLOT = 70;
const LEAST_PLOT = 110;

export function heightOf(rows: number): number {
  return rows * ROW + Math.max(0, rows - 1) * GAP;
}

/** How high a plot is in a tile of so many rows. */
export function plotHeight(rows: number): number {
  return Math.max(LEAST_PLOT, heightOf(rows) - AROUND_PLOT);
}
