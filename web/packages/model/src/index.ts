export { type CallbackRules } from "./callback";
export { may, mayOpen, pagesFor, PATHS, type PageId } from "./access";
export * from "./filters";
export { shortcut, type KeyPress } from "./keys";
export { layLadder, type Arrow, type Ladder, type Lane, type MessageClass, type Pause } from "./ladder";
export { alertsByUrgency, isAcknowledged, type Alerts } from "./live/alerts";
export { columnsIn, GRID, layGrid, rowsWithin, type GridLayout, type GridRow } from "./live/grid";
export { levelsByQueue, pageAt, ROTATE_MS, screenPages, STALE_MS } from "./live/screen";
export { applyEvents, boardFromSnapshot, type LiveBoard } from "./live/board";
export { sparkPath, WaitingHistory } from "./live/history";
export { LiveStore, type LivePhase, type LiveSource, type LiveView } from "./live/store";
export {
  AGENT_STATES,
  agentGrid,
  callsByUrgency,
  countStates,
  summarise,
  type AgentGridGroup,
  type AgentGridQuery,
  type AgentGroup,
  type AgentSort,
  type Summary,
} from "./live/summary";
export { marksOf, type Mark } from "./player/marks";
export {
  FINE_SEEK_MS,
  newPlayback,
  playback,
  RATES,
  SEEK_MS,
  type Playback,
  type PlaybackAction,
  type PlaybackMap,
  type Span,
} from "./player/playback";
export { columns, displayGain, silences } from "./player/waveform";
export { interactionOf, isListed, touchesAlerts, touchesCallbacks, touchesVoicemails } from "./live/touch";
export * from "./planner";
export { linePath, lonely, roundTicks, stacked, stepPath } from "./plot";
export * from "./report";
export { search, type Command, type SearchHit } from "./search";
export * from "./desk";
export { clock, instantOf, parseTime, relative, startOfDay, wallOf, type RelativeUnit } from "./time";
export { titleIn } from "./title";
export { timeline, type TimelinePart } from "./timeline";
export {
  fieldOf,
  kindOf,
  KINDS,
  problemsIn,
  type Choice,
  type Field,
  type FieldWord,
  type Kind,
  type KindId,
  ROWS,
  type RowPart,
  type RowsId,
  type TypedRow,
} from "./settings";
export { skillRows, skillsOf, type AgentRouting } from "./skills";
export { madeUpSecret, sameSpec, withValue } from "./spec";
export { wavOf } from "./wav";
