import type { Tile } from "@lingtong/api";

/** Columns of a dashboard. */
export const COLUMNS = 12;

/**
 * How many rows the tiles take when each is put behind the one before, at the first place where it fits: as a grid of the
 * browser lays them.
 */
export function rowsOf(tiles: readonly Pick<Tile, "width" | "height">[]): number {
  const taken: boolean[][] = [];
  const isFree = (row: number, column: number, { width, height }: Pick<Tile, "width" | "height">): boolean => {
    for (let y = row; y < row + height; y += 1) {
      for (let x = column; x < column + width; x += 1) if (taken[y]?.[x] === true) return false;
    }
    return true;
  };
  let [row, column, rows] = [0, 0, 0];
  for (const tile of tiles) {
    const width = Math.min(tile.width, COLUMNS);
    const size = { width, height: tile.height };
    while (column + width > COLUMNS || !isFree(row, column, size)) {
      column += 1;
      if (column + width > COLUMNS) [row, column] = [row + 1, 0];
    }
    for (let y = row; y < row + tile.height; y += 1) {
      const line = (taken[y] ??= []);
      for (let x = column; x < column + width; x += 1) line[x] = true;
    }
    rows = Math.max(rows, row + tile.height);
    column += width;
  }
  return rows;
}
