export { createAccountApi, type AccountApi } from "./account";
export { createApi, type Api, type CallbackQuery, type HonestyQuery, type InteractionQuery } from "./client";
export { ApiError, toApiError, type FailureKind } from "./error";
export { openEvents, type EventStream, type EventStreamHandlers, type EventStreamOptions } from "./events";
export * from "./flows";
export {
  createSettingsApi,
  type Basis,
  type Resource,
  type ResourceCheck,
  type ResourceDetail,
  type ResourcePage,
  type ResourceRef,
  type SettingsApi,
  type Spec,
} from "./settings";
export * from "./prompts";
export { createPlannerApi, type PlannerApi } from "./planner";
export { createRehearsalApi, createReplayApi, type JobApi, type RehearsalApi, type ReplayApi } from "./rehearsal";
export { createOutboundApi, type DeliveryQuery, type OutboundApi } from "./outbound";
export { createReportsApi, type ReportFile, type ReportQuery, type ReportsApi } from "./reports";
export type * from "./types";
export {
  createDeskApi,
  nextState,
  queueExtension,
  type CallerCard,
  type DeskApi,
} from "./desk";
export type { FieldProblem } from "./problem";
