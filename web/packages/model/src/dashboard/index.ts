export * from "../history";
export * from "./layout";
export * from "./now";
export * from "./templates";
export * from "./tiles";
