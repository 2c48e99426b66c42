import type { AgentFace, CallCard, LiveBoard, LivePhase, WorkView } from "@lingtong/model";
import { agentFace, callCard, newerState } from "@lingtong/model";
import type { DevicesView, PathView, PhoneView } from "@lingtong/phone";
import { useLocality } from "@lingtong/ui";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { AgentControlView } from "./agentControl";
import type { CallOrdersView } from "./callOrders";
import type { ForwardingView } from "./forwardingRules";
import { useServices } from "./services";

export function usePhone(): PhoneView {
  const { phone } = useServices();
  return useSyncExternalStore(phone.subscribe, phone.getView);
}

export function useDevices(): DevicesView {
  const { devices } = useServices();
  return useSyncExternalStore(devices.subscribe, devices.getView);
}

export function usePath(): PathView {
  const { path } = useServices();
  return useSyncExternalStore(path.subscribe, path.getView);
}

export function useWork(): WorkView {
  const { work } = useServices();
  return useSyncExternalStore(work.subscribe, work.getView);
}

export function useAgentControl(): AgentControlView {
  const { agent } = useServices();
  return useSyncExternalStore(agent.subscribe, agent.getView);
}

export function useCallOrders(): CallOrdersView {
  const { orders } = useServices();
  return useSyncExternalStore(orders.subscribe, orders.getView);
}

export function useForwarding(): ForwardingView {
  const { forwarding } = useServices();
  return useSyncExternalStore(forwarding.subscribe, forwarding.getView);
}

export function useLivePhase(): LivePhase {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, () => live.getView().phase);
}

/** One part of the live board; the component renders again only when that part changes. */
export function useLivePart<T>(pick: (board: LiveBoard | null) => T): T {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, () => pick(live.getView().board));
}

/** The agent's own state; null before it is known. */
export function useAgentFace(): AgentFace | null {
  const { agentId } = useServices();
  const { answered } = useAgentControl();
  const live = useLivePart((board) => board?.agents.get(agentId));
  return useMemo(() => {
    const state = newerState(live, answered);
    return state === null ? null : agentFace(state);
  }, [live, answered]);
}

/** The card of the call in hand; null without one. */
export function useCallCard(): CallCard | null {
  const { clock } = useLocality();
  const { calls } = usePhone();
  const { live, reachedAt, detail, card, stage } = useWork();
  const main = calls.find((call) => call.role === "main");
  const phone = useMemo(
    () => (main === undefined ? null : { number: main.number, direction: main.direction }),
    [main],
  );
  return useMemo(
    () => (phone === null && stage === "idle" ? null : callCard({ phone, live, reachedAt, detail, card }, clock.now())),
    [phone, stage, live, reachedAt, detail, card, clock],
  );
}

/** The time, once a second, for what counts down. */
export function useNow(): number {
  const { clock } = useLocality();
  const [now, setNow] = useState(() => clock.now());
  useEffect(
    () =>
      clock.subscribe(() => {
        setNow(clock.now());
      }),
    [clock],
  );
  return now;
}
