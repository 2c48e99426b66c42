export { LocalityContext, TickingClock, useLocality, type Locality } from "./clock";
export { EmptyState, ErrorState, NoPermission, OfflineStrip } from "./notices";
export { Figure, Kbd, Panel, Skeleton } from "./pieces";
export { STATE_COLOR, StateBadge, StateMark, type StateName } from "./state";
export { antdThemeOf } from "./theme";
export { Duration, Elapsed, exactTime, RelativeTime, relativeTime, timeOfDay } from "./time";
export type { ThemeName } from "./tokens";
