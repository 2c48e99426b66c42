import type { Tile } from "@lingtong/api";
import { Skeleton } from "@lingtong/ui";
import type { ReactElement } from "react";
import { useLiveView } from "../useLive";
import { AgentsTile, AlarmsTile, NowTile, QueuesTile } from "./LiveTiles";
import { ReportTile } from "./ReportTile";
import { plotHeight } from "./sizes";

type LiveContent = Extract<Tile["shows"], { kind: "now" | "queues" | "agents" | "alarms" }>;

/** What is of this moment is drawn anew with every event; the other tiles are not. */
function LiveBody({ shows }: { shows: LiveContent }): ReactElement {
  const { board } = useLiveView();
  if (board === null) return <Skeleton rows={1} />;
  switch (shows.kind) {
    case "now":
      return <NowTile board={board} figure={shows.figure} queues={shows.queues} />;
    case "queues":
      return <QueuesTile board={board} queues={shows.queues} />;
    case "agents":
      return <AgentsTile board={board} />;
    case "alarms":
      return <AlarmsTile board={board} />;
  }
}

/** What stands in a tile. */
export function TileBody({ tile }: { tile: Tile }): ReactElement {
  const { shows } = tile;
  if (shows.kind === "note") return <p className="tile-note">{shows.text}</p>;
  if (shows.kind === "report") return <ReportTile shows={shows} height={plotHeight(tile.height)} />;
  return <LiveBody shows={shows} />;
}
