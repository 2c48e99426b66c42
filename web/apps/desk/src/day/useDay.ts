import { toApiError, type ApiError, type Interaction } from "@lingtong/api";
import { dayFigures, startOfDay, type DayFigures } from "@lingtong/model";
import { useLocality } from "@lingtong/ui";
import { useCallback, useEffect, useState } from "react";
import { useServices } from "../services";

/** The newest calls of the day that are listed. */
const LISTED = 30;
/** A call that has just ended is counted after this time at most, in milliseconds. */
const SETTLE_MS = 3_000;
/** Later the figures are asked for anew this often, in milliseconds: they are shown while there is no call. */
const REFRESH_MS = 120_000;

export interface Day {
  figures: DayFigures | null;
  /** This agent's calls of the day, newest first, also those that it handed on or missed. */
  calls: readonly Interaction[];
  error: ApiError | null;
  retry: () => void;
}

/** This agent's figures of the tenant's day. */
export function useDay(): Day {
  const { api, desk, agentId } = useServices();
  const { timeZone, clock } = useLocality();
  const [loaded, setLoaded] = useState<Pick<Day, "figures" | "calls">>({ figures: null, calls: [] });
  const [error, setError] = useState<ApiError | null>(null);
  const [turn, setTurn] = useState(0);
  const retry = useCallback(() => {
    setTurn((before) => before + 1);
  }, []);
  useEffect(() => {
    const abort = new AbortController();
    const from = new Date(startOfDay(timeZone, clock.now())).toISOString();
    Promise.all([
      desk.day(agentId, from, abort.signal),
      api.interactions({ agent: agentId, from, limit: LISTED }, abort.signal),
    ]).then(
      ([day, page]) => {
        setLoaded({ figures: dayFigures(day, timeZone), calls: page.items });
        setError(null);
      },
      (thrown: unknown) => {
        if (!abort.signal.aborted) setError(toApiError(thrown));
      },
    );
    const timer = setTimeout(retry, turn === 0 ? SETTLE_MS : REFRESH_MS);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api, desk, agentId, timeZone, clock, turn, retry]);
  return { ...loaded, error, retry };
}
