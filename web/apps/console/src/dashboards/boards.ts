import type { Dashboard } from "@lingtong/api";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useServices } from "../services";

export const BOARDS_KEY = ["dashboards"];
/** The server takes no longer name. */
export const NAME_LETTERS = 80;

const LAST = "lingtong.dashboard";

export function useBoards(): UseQueryResult<{ items: Dashboard[] }> {
  const { reports } = useServices();
  return useQuery({ queryKey: BOARDS_KEY, queryFn: ({ signal }) => reports.dashboards(signal) });
}

/** The dashboard that is asked for; else the one looked at last on this computer, else the first. */
export function boardFor(boards: readonly Dashboard[], open: string): Dashboard | undefined {
  if (open !== "") return boards.find((board) => board.id === open);
  const last = localStorage.getItem(LAST);
  return boards.find((board) => board.id === last) ?? boards[0];
}

export function remember(id: string): void {
  localStorage.setItem(LAST, id);
}
