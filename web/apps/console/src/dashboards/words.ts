import type { Tile } from "@lingtong/api";
import { kindOfTile } from "@lingtong/model/dashboard";
import { reportFromSearch, type ReportDraft } from "@lingtong/model";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { enUS } from "../locales/dashboards.en-US";
import { zhCN } from "../locales/dashboards.zh-CN";
import { useReportWords, type ReportWords } from "../reports/words";
import { texts } from "../texts";

// Both languages come with the pages that need them, so that the first screen carries neither.
texts.instance.addResourceBundle("zh-CN", "dashboards", zhCN);
texts.instance.addResourceBundle("en-US", "dashboards", enUS);

export type BoardWords = TFunction<"dashboards">;

export function useBoardWords(): { t: BoardWords; language: string } {
  const { t, i18n } = useTranslation("dashboards");
  return { t, language: i18n.language };
}

/** The report that a tile is a part of. */
export function draftOf(query: string): ReportDraft {
  return reportFromSearch(Object.fromEntries(new URLSearchParams(query)));
}

function usualTitle(t: BoardWords, reports: ReportWords, { shows }: Tile): string {
  if (shows.kind === "now") return t(`now.${shows.figure}`);
  if (shows.kind !== "report") return t(`kind.${kindOfTile(shows)}`);
  const { by, period } = draftOf(shows.query);
  const name = reports(`name.${shows.column as "offered"}`);
  const when = reports(`period.${period}`);
  return shows.form === "ranking" ? t("ranked", { name, by: reports(`by.${by}`), when }) : t("report", { name, when });
}

/** What stands above a tile. */
export function useTileTitle(): (tile: Tile) => string {
  const { t } = useBoardWords();
  const { t: reports } = useReportWords();
  return (tile) => (tile.title === "" ? usualTitle(t, reports, tile) : tile.title);
}
