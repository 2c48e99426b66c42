import { queryString, requestsTo, send, type ApiOptions } from "./client";
import type { Dashboard, DashboardWish, Report, ReportView, ReportViewWish } from "./types";

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

/** What a file of a report has besides its figures. */
export interface ReportFile {
  format: "csv" | "xlsx" | "pdf";
  /** By commas. */
  columns: string;
  level: string;
  language: string;
}

export interface ReportsApi {
  report: (query: ReportQuery, signal?: AbortSignal) => Promise<Report>;
  /** The report as a file, and what it is to be called. */
  file: (query: ReportQuery, file: ReportFile) => Promise<{ name: string; data: Blob }>;
  /** The own views and those that others share. */
  views: (signal?: AbortSignal) => Promise<{ items: ReportView[] }>;
  keepView: (wish: ReportViewWish) => Promise<ReportView>;
  changeView: (id: string, wish: ReportViewWish) => Promise<ReportView>;
  forgetView: (id: string) => Promise<void>;
  /** The own dashboards and those that others share. */
  dashboards: (signal?: AbortSignal) => Promise<{ items: Dashboard[] }>;
  keepDashboard: (wish: DashboardWish) => Promise<Dashboard>;
  changeDashboard: (id: string, wish: DashboardWish) => Promise<Dashboard>;
  forgetDashboard: (id: string) => Promise<void>;
}

export function createReportsApi({ baseUrl, fetch: fetcher }: ApiOptions): ReportsApi {
  const root = new URL("api/v1/", baseUrl).href;
  const { get, write } = requestsTo(fetcher, root);
  return {
    report: (query, signal) => get<Report>(`reports${queryString(query)}`, signal),
    file: async (query, file) => {
      const response = await send(fetcher, `${root}reports/file${queryString({ ...query, ...file })}`, {});
      const said = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
      return { name: said ?? `report.${file.format}`, data: await response.blob() };
    },
    views: (signal) => get<{ items: ReportView[] }>("report-views", signal),
    keepView: async (wish) => (await (await write("POST", "report-views", wish)).json()) as ReportView,
    changeView: async (id, wish) => (await (await write("PUT", `report-views/${encodeURIComponent(id)}`, wish)).json()) as ReportView,
    forgetView: async (id) => {
      await write("DELETE", `report-views/${encodeURIComponent(id)}`);
    },
    dashboards: (signal) => get<{ items: Dashboard[] }>("dashboards", signal),
    keepDashboard: async (wish) => (await (await write("POST", "dashboards", wish)).json()) as Dashboard,
    changeDashboard: async (id, wish) => (await (await write("PUT", `dashboards/${encodeURIComponent(id)}`, wish)).json()) as Dashboard,
    forgetDashboard: async (id) => {
      await write("DELETE", `dashboards/${encodeURIComponent(id)}`);
    },
  };
}
