export * from "./columns";
export * from "./draft";
export {
  everyFor,
  fits,
  placesOf,
  QUARTER_MS,
  quarterOf,
  REPORT_EVERY,
  REPORT_PERIODS,
  spanBefore,
  spanOf,
  type ReportEvery,
  type ReportPeriod,
  type Span as ReportSpan,
} from "./period";
