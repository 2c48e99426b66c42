import type { LiveAgent } from "@lingtong/api";
import type { AgentGridGroup } from "./summary";

/** Heights of the agents' grid, in CSS pixels; the style sheet has the same. */
export const GRID = { cell: 46, gap: 5, head: 32, least: 146 } as const;

/** One row of the grid: a group's heading, or agents side by side. */
export interface GridRow {
  key: string;
  top: number;
  height: number;
  /** The group whose heading it is; null for a row of agents. */
  head: { key: string; count: number } | null;
  agents: readonly LiveAgent[];
  /** The place of its first agent among all. */
  first: number;
}

export interface GridLayout {
  rows: readonly GridRow[];
  height: number;
}

/** How many agents stand side by side in this width. */
export function columnsIn(width: number): number {
  return Math.max(1, Math.floor((width + GRID.gap) / (GRID.least + GRID.gap)));
}

/** Where each row lies; only those within sight are drawn. */
export function layGrid(groups: readonly AgentGridGroup[], columns: number): GridLayout {
  const rows: GridRow[] = [];
  let [top, first] = [0, 0];
  for (const group of groups) {
    if (group.key !== "") {
      rows.push({ key: `head ${group.key}`, top, height: GRID.head, head: { key: group.key, count: group.agents.length }, agents: [], first });
      top += GRID.head;
    }
    for (let from = 0; from < group.agents.length; from += columns) {
      const agents = group.agents.slice(from, from + columns);
      rows.push({ key: `${group.key} ${String(from)}`, top, height: GRID.cell + GRID.gap, head: null, agents, first });
      top += GRID.cell + GRID.gap;
      first += agents.length;
    }
  }
  return { rows, height: top };
}

/** The rows that touch a stretch of the grid. */
export function rowsWithin(rows: readonly GridRow[], from: number, to: number): readonly GridRow[] {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && row.top + row.height <= from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < rows.length && (rows[end]?.top ?? to) < to) end += 1;
  return rows.slice(low, end);
}
