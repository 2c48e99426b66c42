import { toApiError } from "@lingtong/api";
import { rowsOf } from "@lingtong/model/dashboard";
import { EmptyState, ErrorState, LocalityContext, Skeleton, timeOfDay, useKeys } from "@lingtong/ui";
import "@lingtong/ui/plot.css";
import "../reports/reports.css";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useSession } from "../shell/useSession";
import { useTitle } from "../useTitle";
import { Stale } from "../wall/Stale";
import { useAwake, useNow } from "../wall/screen";
import { useBoards } from "./boards";
import { GAP, heightOf } from "./sizes";
import { TileGrid } from "./TileGrid";
import { useBoardWords } from "./words";

const screen = getRouteApi("/screen/$id");

/** The edge around the tiles and the line above them, pixels before they are enlarged. */
const HEAD = 44;
const EDGE = 2 * GAP;
/** Below this width tiles are too narrow for what they say; above it, screens that hang high want larger letters. */
const LEAST_WIDTH = 1080;

/** How much larger all is drawn, so that the dashboard fills the window and nothing has to be scrolled. */
function scaleFor(rows: number, width: number, height: number): number {
  return Math.min(width / LEAST_WIDTH, height / (HEAD + EDGE + heightOf(rows)));
}

function useWindow(): { width: number; height: number } {
  const [size, setSize] = useState({ width: window.innerWidth, height: window.innerHeight });
  useEffect(() => {
    const measure = (): void => {
      setSize({ width: window.innerWidth, height: window.innerHeight });
    };
    window.addEventListener("resize", measure);
    return () => {
      window.removeEventListener("resize", measure);
    };
  }, []);
  return size;
}

function Screen({ id, zone }: { id: string; zone: string }): ReactElement {
  const { t, language } = useBoardWords();
  const boards = useBoards();
  const { width, height } = useWindow();
  const now = useNow();
  const board = boards.data?.items.find((one) => one.id === id);
  useTitle(board?.name ?? t("title"));
  if (boards.isPending) return <Skeleton rows={6} height={60} />;
  if (boards.error !== null) return <ErrorState error={toApiError(boards.error)} retry={() => void boards.refetch()} />;
  if (board === undefined) return <EmptyState title={t("gone")}>{t("noneText")}</EmptyState>;
  const scale = scaleFor(rowsOf(board.tiles), width, height);
  return (
    <div className="board-screen-in" style={{ zoom: scale, width: width / scale }}>
      <header>
        <h1>{board.name}</h1>
        <Stale now={now} />
        <time className="num">{timeOfDay(new Date(now).toISOString(), language, zone)}</time>
      </header>
      <TileGrid tiles={board.tiles} linked={false} />
    </div>
  );
}

/** A dashboard for a screen that hangs on a wall: enlarged until it fills it, nothing to press. */
export function BoardScreen(): ReactElement {
  const { clock } = useServices();
  const { id } = screen.useParams();
  const me = screen.useRouteContext({ select: (context) => context.me });
  const navigate = useNavigate();
  const { i18n } = useTranslation();
  useSession();
  useAwake();
  const leave = (): void => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    void navigate({ to: "/dashboards", search: { open: id } });
  };
  useKeys({ b: leave, Escape: leave });
  const zone = me.tenant.time_zone;
  const locality = useMemo(() => ({ clock, timeZone: zone }), [clock, zone]);
  return (
    <LocalityContext value={locality}>
      <main className="board-screen" data-theme="dark" lang={i18n.language}>
        <Screen id={id} zone={zone} />
      </main>
    </LocalityContext>
  );
}
