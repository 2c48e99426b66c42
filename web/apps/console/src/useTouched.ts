import type { LiveEvent } from "@lingtong/api";
import { useEffect, useRef } from "react";
import { useServices } from "./services";

/** Asks for something anew whenever an event of the stream touches it. */
export function useTouched(queryKey: readonly string[], touches: (event: LiveEvent) => boolean): void {
  const { live, queries } = useServices();
  const latest = useRef(touches);
  useEffect(() => {
    latest.current = touches;
  });
  const [kind, id] = queryKey;
  useEffect(
    () =>
      live.watch((event) => {
        if (latest.current(event)) void queries.invalidateQueries({ queryKey: id === undefined ? [kind] : [kind, id] });
      }),
    [live, queries, kind, id],
  );
}
