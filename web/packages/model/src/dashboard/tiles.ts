import type { Tile, TileContent } from "@lingtong/api";

/** What can be put on a dashboard, in the order of its menu. */
export const TILE_KINDS = ["now", "figure", "course", "ranking", "queues", "agents", "alarms", "note"] as const;
export type TileKind = (typeof TILE_KINDS)[number];

/** The server takes no more. */
export const MOST_TILES = 40;
export const WIDTHS = { least: 2, most: 12 } as const;
export const HEIGHTS = { least: 1, most: 6 } as const;

const USUAL: Readonly<Record<TileKind, Omit<Tile, "title">>> = {
  now: { width: 3, height: 1, shows: { kind: "now", figure: "waiting", queues: [] } },
  figure: { width: 3, height: 1, shows: { kind: "report", form: "figure", query: "compare=true", column: "service_level" } },
  course: { width: 6, height: 3, shows: { kind: "report", form: "course", query: "", column: "offered" } },
  ranking: { width: 6, height: 3, shows: { kind: "report", form: "ranking", query: "by=agent", column: "answered" } },
  queues: { width: 6, height: 3, shows: { kind: "queues", queues: [] } },
  agents: { width: 6, height: 1, shows: { kind: "agents" } },
  alarms: { width: 6, height: 2, shows: { kind: "alarms" } },
  note: { width: 3, height: 1, shows: { kind: "note", text: "" } },
};

/** A tile as it is put there first. */
export function usualTile(kind: TileKind): Tile {
  return { title: "", ...USUAL[kind] };
}

export function kindOfTile(shows: TileContent): TileKind {
  return shows.kind === "report" ? shows.form : shows.kind;
}

/** A tile at another place; a place beyond the ends is the end. */
export function moved(tiles: readonly Tile[], from: number, to: number): readonly Tile[] {
  const tile = tiles[from];
  const target = Math.min(Math.max(to, 0), tiles.length - 1);
  if (tile === undefined || target === from) return tiles;
  const others = tiles.filter((_, at) => at !== from);
  return [...others.slice(0, target), tile, ...others.slice(target)];
}

export function changed(tiles: readonly Tile[], at: number, part: Partial<Tile>): readonly Tile[] {
  return tiles.map((tile, index) => (index === at ? { ...tile, ...part } : tile));
}

export function without(tiles: readonly Tile[], at: number): readonly Tile[] {
  return tiles.filter((_, index) => index !== at);
}

function within(value: number, { least, most }: { least: number; most: number }): number {
  return Math.min(Math.max(value, least), most);
}

/** A tile that is so many columns wider and rows higher, as far as that goes. */
export function resized(tiles: readonly Tile[], at: number, columns: number, rows: number): readonly Tile[] {
  const tile = tiles[at];
  if (tile === undefined) return tiles;
  const [width, height] = [within(tile.width + columns, WIDTHS), within(tile.height + rows, HEIGHTS)];
  return width === tile.width && height === tile.height ? tiles : changed(tiles, at, { width, height });
}
