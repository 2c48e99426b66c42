import type { LiveEvent } from "@lingtong/api";
import { isListed } from "@lingtong/model";
import { useEffect, useRef } from "react";
import { useServices } from "./services";

/** The server's lists follow its journal within a fifth of a second; with room for a busy moment. */
const SETTLE_MS = 800;

/** Asks for something anew whenever an event of the stream touches it, and once more when the lists have it. */
export function useTouched(queryKey: readonly string[], touches: (event: LiveEvent) => boolean): void {
  const { live, queries } = useServices();
  const latest = useRef(touches);
  useEffect(() => {
    latest.current = touches;
  });
  const [kind, id] = queryKey;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = (): void => void queries.invalidateQueries({ queryKey: id === undefined ? [kind] : [kind, id] });
    const stop = live.watch((event) => {
      if (!latest.current(event)) return;
      if (!isListed(event)) refresh();
      clearTimeout(timer);
      timer = setTimeout(refresh, SETTLE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [live, queries, kind, id]);
}
