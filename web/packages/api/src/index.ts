export { createApi, type Api, type InteractionQuery } from "./client";
export { ApiError, toApiError, type FailureKind } from "./error";
export { openEvents, type EventStream, type EventStreamHandlers, type EventStreamOptions } from "./events";
export type * from "./types";
