import type { Interaction } from "@lingtong/api";
import { toApiError, type ApiError } from "@lingtong/api";
import { filterToQuery, type InteractionFilter } from "@lingtong/model";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useServices } from "../services";
import { useLivePart } from "../useLive";

const PAGE_SIZE = 50;

export interface InteractionList {
  items: readonly Interaction[];
  loading: boolean;
  refreshing: boolean;
  error: ApiError | null;
  hasMore: boolean;
  loadingMore: boolean;
  /** Interactions that ended since the list was loaded. */
  newer: number;
  more: () => void;
  refresh: () => void;
}

/** The list under a filter, page by page; it grows at its end only, so that nothing moves under a reader's eye. */
export function useInteractions(filter: InteractionFilter, timeZone: string): InteractionList {
  const { api, clock, queries } = useServices();
  const ended = useLivePart((board) => board?.endedCount ?? 0);
  const key = ["interactions", filter];
  const query = useInfiniteQuery({
    queryKey: key,
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) => {
      const base = filterToQuery(filter, timeZone, clock.now());
      const page = await api.interactions({ ...base, limit: PAGE_SIZE, cursor: pageParam }, signal);
      return { ...page, endedBefore: ended };
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return {
    items,
    loading: query.isPending,
    refreshing: query.isRefetching && !query.isFetchingNextPage,
    error: query.error === null ? null : toApiError(query.error),
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    newer: query.data === undefined ? 0 : ended - (query.data.pages[0]?.endedBefore ?? ended),
    more: () => void query.fetchNextPage(),
    // Pages behind the first would be asked for with cursors of the old list.
    refresh: () => void queries.resetQueries({ queryKey: key }),
  };
}
