export * from "./desk/agent";
export { callCard, type CallCard, type CardParts, type PressedKey } from "./desk/card";
export { colleagues, MAX_COLLEAGUES, type Colleague } from "./desk/colleagues";
export { dayFigures, type DayFigures, type DayHour } from "./desk/day";
export { dispositionTree, pathTo, type DispositionNode } from "./desk/dispositions";
export { NOTE_CHARS, type Draft } from "./desk/drafts";
export { FORWARD_REASONS, targetOf, textOf, type ForwardReason, type ForwardTarget } from "./desk/forwarding";
export { parkedCalls, type ParkedCall } from "./desk/parked";
export { DeskWork, HISTORY_ROWS, type History, type SaveState, type WorkSource, type WorkView } from "./desk/work";
