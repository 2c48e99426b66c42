import { queryString, requestsTo, type ApiOptions } from "./client";
import type { Report } from "./types";

/** What a report is asked for; empty values are left out of the request. */
export interface ReportQuery {
  /** `queue`, `agent`, `team`, `flow`, `number` or `direction`. */
  by: string;
  /** `15`, `30`, `60`, `day`, `week`, `month` or `all`. */
  every: string;
  /** RFC 3339, on a quarter of an hour. */
  from: string;
  to: string;
  /** Ids by commas; all when empty. */
  subject?: string;
}

export interface ReportsApi {
  report: (query: ReportQuery, signal?: AbortSignal) => Promise<Report>;
}

export function createReportsApi({ baseUrl, fetch: fetcher }: ApiOptions): ReportsApi {
  const { get } = requestsTo(fetcher, new URL("api/v1/", baseUrl).href);
  return {
    report: (query, signal) => get<Report>(`reports${queryString(query)}`, signal),
  };
}
