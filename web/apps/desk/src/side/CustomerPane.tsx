import type { ReactElement } from "react";
import { useCallCard } from "../hooks";
import { HealthPanel } from "./HealthPanel";
import { HistoryPanel } from "./HistoryPanel";

/** Right of the call: what is known of the customer; without a call, whether one could be taken. */
export function CustomerPane({ openDevices }: { openDevices: () => void }): ReactElement {
  const card = useCallCard();
  return card === null ? <HealthPanel openDevices={openDevices} /> : <HistoryPanel />;
}
