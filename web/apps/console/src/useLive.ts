import type { LiveBoard, LivePhase, LiveView } from "@lingtong/model";
import { useSyncExternalStore } from "react";
import { useServices } from "./services";

export function useLiveView(): LiveView {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, live.getView);
}

/** The phase alone: the shell is not drawn again with every event. */
export function useLivePhase(): LivePhase {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, () => live.getView().phase);
}

/** One part of the live board; the component renders again only when that part changes. */
export function useLivePart<T>(pick: (board: LiveBoard | null) => T): T {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, () => pick(live.getView().board));
}
