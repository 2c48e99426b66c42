import { queryString, requestsTo, type ApiOptions } from "./client";
import type { Delivery, DeliveryPage, DeliveryStatus, MailTried, ReportSchedules, ScheduleRan } from "./types";

/** What the list of deliveries can be narrowed by. */
export interface DeliveryQuery {
  cursor?: string;
  limit?: number;
  kind?: Delivery["kind"] | "";
  status?: DeliveryStatus | "";
  /** The name of a report schedule or an alert subscription. */
  source?: string;
}

/** Letters and posts: what waits, what became of them, and the schedules they come from. */
export interface OutboundApi {
  deliveries: (query: DeliveryQuery, signal?: AbortSignal) => Promise<DeliveryPage>;
  /** Tries one that waits or was given up at once. */
  retry: (id: string) => Promise<Delivery>;
  schedules: (signal?: AbortSignal) => Promise<ReportSchedules>;
  /** Sends a schedule's report as if it were due now. */
  run: (name: string) => Promise<ScheduleRan>;
  /** Sends a letter of trial by the mail server that is set up. */
  testMail: (to: string) => Promise<MailTried>;
}

export function createOutboundApi({ baseUrl, fetch: fetcher }: ApiOptions): OutboundApi {
  const { get, write } = requestsTo(fetcher, new URL("api/v1/", baseUrl).href);
  const segment = encodeURIComponent;
  return {
    deliveries: (query, signal) => get<DeliveryPage>(`deliveries${queryString(query)}`, signal),
    retry: async (id) => (await (await write("POST", `deliveries/${segment(id)}/retry`)).json()) as Delivery,
    schedules: (signal) => get<ReportSchedules>("report-schedules", signal),
    run: async (name) => (await (await write("POST", `report-schedules/${segment(name)}/run`)).json()) as ScheduleRan,
    testMail: async (to) => (await (await write("POST", "mail-server/test", { to })).json()) as MailTried,
  };
}
