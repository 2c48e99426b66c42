import { toApiError, type AgentDay, type ApiError, type Interaction } from "@lingtong/api";
import { dayFigures, startOfDay, type DayFigures } from "@lingtong/model";
import { useLocality } from "@lingtong/ui";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useServices } from "../services";

/** Calls of a day that are looked at: more than one agent takes. */
const PAGE = 500;
/** A call that has just ended is in the list after this time at most, in milliseconds. */
const SETTLE_MS = 3_000;
/** Later the figures are asked for anew this often, in milliseconds: they are shown while there is no call. */
const REFRESH_MS = 120_000;

interface Loaded {
  calls: readonly Interaction[];
  day: AgentDay | null;
}

export interface Day {
  figures: DayFigures | null;
  error: ApiError | null;
  retry: () => void;
}

/** This agent's figures of the tenant's day. */
export function useDay(): Day {
  const { api, desk, agentId } = useServices();
  const { timeZone, clock } = useLocality();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [turn, setTurn] = useState(0);
  const retry = useCallback(() => {
    setTurn((before) => before + 1);
  }, []);
  useEffect(() => {
    const abort = new AbortController();
    const from = new Date(startOfDay(timeZone, clock.now())).toISOString();
    Promise.all([
      api.interactions({ agent: agentId, from, limit: PAGE }, abort.signal),
      desk.day(agentId, from, abort.signal).catch(() => null),
    ]).then(
      ([page, day]) => {
        setLoaded({ calls: page.items, day });
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
  const figures = useMemo(
    () => (loaded === null ? null : dayFigures(loaded.calls, agentId, timeZone, loaded.day)),
    [loaded, agentId, timeZone],
  );
  return { figures, error, retry };
}
