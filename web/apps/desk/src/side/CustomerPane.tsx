import type { ReactElement } from "react";
import { useCallCard } from "../hooks";
import { HealthPanel, type HealthPanelProps } from "./HealthPanel";
import { HistoryPanel } from "./HistoryPanel";

/** Right of the call: what is known of the customer; without a call, whether one could be taken. */
export function CustomerPane(dialogs: HealthPanelProps): ReactElement {
  const card = useCallCard();
  return card === null ? <HealthPanel {...dialogs} /> : <HistoryPanel />;
}
