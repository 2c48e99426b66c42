import type { NowFigure, Tile } from "@lingtong/api";
import { usualTile } from "./tiles";

/** What a dashboard can begin with. */
export const TEMPLATES = ["shift", "quality", "people", "blank"] as const;
export type TemplateId = (typeof TEMPLATES)[number];

function now(figure: NowFigure): Tile {
  return { title: "", width: 3, height: 1, shows: { kind: "now", figure, queues: [] } };
}

function report(form: "figure" | "course" | "ranking", width: number, height: number, query: string, column: string): Tile {
  return { title: "", width, height, shows: { kind: "report", form, query, column } };
}

const TILES: Readonly<Record<TemplateId, readonly Tile[]>> = {
  // Who is on duty looks at what goes on now, and at how today has gone.
  shift: [
    now("waiting"),
    now("longest_wait"),
    now("service_level"),
    now("ready_agents"),
    { ...usualTile("queues"), width: 8 },
    { ...usualTile("alarms"), width: 4, height: 3 },
    report("course", 6, 3, "by=direction", "offered"),
    report("course", 6, 3, "by=direction", "abandon_rate"),
  ],
  // How well customers were served this week, against the week before.
  quality: [
    report("figure", 3, 1, "by=direction&period=7d&compare=true", "service_level"),
    report("figure", 3, 1, "by=direction&period=7d&compare=true", "abandon_rate"),
    report("figure", 3, 1, "by=direction&period=7d&compare=true", "answer_speed"),
    report("figure", 3, 1, "by=direction&period=7d&compare=true", "resolution"),
    report("course", 6, 3, "by=direction&period=7d", "service_level"),
    report("course", 6, 3, "by=direction&period=7d", "handle_time"),
    report("ranking", 6, 3, "by=queue&period=7d", "abandon_rate"),
    report("ranking", 6, 3, "by=queue&period=7d", "answer_speed"),
  ],
  // Who does how much.
  people: [
    { ...usualTile("agents"), width: 12 },
    report("ranking", 4, 4, "by=agent", "answered"),
    report("ranking", 4, 4, "by=agent", "handle_time"),
    report("ranking", 4, 4, "by=agent", "occupancy"),
  ],
  blank: [],
};

export function tilesOf(template: TemplateId): readonly Tile[] {
  return TILES[template];
}
