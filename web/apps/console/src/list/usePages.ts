import { toApiError, type ApiError } from "@lingtong/api";
import { useInfiniteQuery, type QueryKey } from "@tanstack/react-query";
import { useServices } from "../services";

/** Rows of a first page: what fits on a screen twice. */
const PAGE_SIZE = 50;

/** What is asked of the server: a page from there. */
export interface Slice {
  cursor: string;
  limit: number;
}

/** A list as far as it is here. */
export interface Listed<T> {
  rows: readonly T[];
  /** Nothing is here yet. */
  pending: boolean;
  error: ApiError | null;
  refresh: () => Promise<void>;
  /** The next page; absent where the list has no pages. */
  more?: { has: boolean; loading: boolean; load: () => void };
}

/** A list that comes page by page. */
export function usePages<T>(
  queryKey: QueryKey,
  read: (slice: Slice, signal: AbortSignal) => Promise<{ items: T[]; next_cursor?: string | null }>,
  refetchInterval: number | false = false,
): Listed<T> {
  const { queries } = useServices();
  const query = useInfiniteQuery({
    queryKey,
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => read({ cursor: pageParam, limit: PAGE_SIZE }, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval,
  });
  return {
    rows: query.data?.pages.flatMap((page) => page.items) ?? [],
    pending: query.isPending,
    error: query.error === null ? null : toApiError(query.error),
    refresh: () => queries.invalidateQueries({ queryKey: queryKey.slice(0, 1) }),
    more: { has: query.hasNextPage, loading: query.isFetchingNextPage, load: () => void query.fetchNextPage() },
  };
}
