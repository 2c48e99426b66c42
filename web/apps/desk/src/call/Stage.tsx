import type { ReactElement } from "react";
import { DayPanel } from "../day/DayPanel";
import { useCallCard, useWork } from "../hooks";
import { CallPanel } from "./CallPanel";
import { NotesPanel } from "./NotesPanel";
import { WrapUpPanel } from "./WrapUpPanel";

/** The middle of the desk: the call, or the day while there is none. */
export function Stage(): ReactElement {
  const card = useCallCard();
  const { interactionId, stage } = useWork();
  if (card === null) {
    return (
      <div className="desk-stage">
        <DayPanel />
      </div>
    );
  }
  return (
    <div className="desk-stage">
      {stage === "wrap_up" ? <WrapUpPanel /> : null}
      <CallPanel card={card} />
      {interactionId === null ? null : <NotesPanel key={interactionId} />}
    </div>
  );
}
