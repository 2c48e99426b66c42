import type { Tile } from "@lingtong/api";
import { kindOfTile, type TileKind } from "@lingtong/model/dashboard";
import type { CSSProperties, ReactElement } from "react";
import { ReportLink } from "./ReportTile";
import { GAP, ROW } from "./sizes";
import { TileBody } from "./TileBody";
import { useTileTitle } from "./words";
import "./dashboards.css";

export const GRID_STYLE = { "--row": `${String(ROW)}px`, "--gap": `${String(GAP)}px` } as CSSProperties;

export function placeOf(tile: Tile): CSSProperties {
  return { gridColumn: `span ${String(tile.width)}`, gridRow: `span ${String(tile.height)}` };
}

/** Tiles that may hold more than is seen: by keyboard they are scrolled too. */
const SCROLLS: ReadonlySet<TileKind> = new Set(["ranking", "queues", "alarms", "note"]);

/** A dashboard as it is read. */
export function TileGrid({ tiles, linked }: { tiles: readonly Tile[]; linked: boolean }): ReactElement {
  const titleOf = useTileTitle();
  return (
    <div className="tile-grid" style={GRID_STYLE}>
      {tiles.map((tile, at) => (
        <section key={at} className="panel tile" data-kind={kindOfTile(tile.shows)} style={placeOf(tile)} aria-label={titleOf(tile)}>
          <header>
            <h2>{titleOf(tile)}</h2>
            {linked && tile.shows.kind === "report" ? <ReportLink shows={tile.shows} /> : null}
          </header>
          <div className="tile-body" tabIndex={SCROLLS.has(kindOfTile(tile.shows)) ? 0 : undefined}>
            <TileBody tile={tile} />
          </div>
        </section>
      ))}
    </div>
  );
}
