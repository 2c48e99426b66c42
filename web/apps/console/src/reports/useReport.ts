import { toApiError, type ApiError, type Report, type ReportLine } from "@lingtong/api";
import {
  courseOf,
  everyFor,
  ranked,
  reportQuery,
  spanBefore,
  spanOf,
  parseTime,
  type Course,
  type ReportDraft,
  type ReportEvery,
  type ReportSpan,
} from "@lingtong/model";
import { useLocality } from "@lingtong/ui";
import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { useServices } from "../services";

/** A report as it is shown. */
export interface Shown {
  span: ReportSpan;
  before: ReportSpan;
  every: ReportEvery;
  /** The sums of each subject; undefined until they are there. */
  sums: readonly ReportLine[] | undefined;
  /** Those of the period before by the subject's id. */
  sumsBefore: ReadonlyMap<string, ReportLine>;
  /** The sums of the subject that is told by interval. */
  focus: ReportLine | undefined;
  course: Course | undefined;
  error: ApiError | null;
  loading: boolean;
  refresh: () => void;
}

interface Asked {
  enabled: boolean;
  /** How often it is asked again by itself, milliseconds; never when absent. */
  againMs?: number | undefined;
}

function useAsked(draft: ReportDraft, every: ReportEvery | "all", span: ReportSpan, subjects: readonly string[], { enabled, againMs }: Asked): UseQueryResult<Report> {
  const { reports } = useServices();
  const query = reportQuery(draft.by, every, span, subjects);
  return useQuery({
    queryKey: ["report", query],
    queryFn: ({ signal }) => reports.report(query, signal),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: againMs ?? false,
  });
}

/** The bounds of the chosen period. They stay put while somebody reads, and move on with the tenant's day. */
export function useSpan(draft: ReportDraft): { span: ReportSpan; before: ReportSpan } {
  const { clock, timeZone } = useLocality();
  const custom = { from: parseTime(draft.from), to: parseTime(draft.to) };
  const now = clock.now();
  const span = spanOf(draft.period, custom, timeZone, now);
  return { span, before: spanBefore(draft.period, span, timeZone, now) };
}

interface Wanted {
  /** Whether the course of the subject in focus is wanted. */
  course?: boolean;
  againMs?: number;
}

export function useReport(draft: ReportDraft, { course: wantsCourse = true, againMs }: Wanted = {}): Shown {
  const { queries } = useServices();
  const { span, before } = useSpan(draft);
  const every = everyFor(draft.every, span);
  const all = useAsked(draft, "all", span, draft.subjects, { enabled: true, againMs });
  const earlier = useAsked(draft, "all", before, draft.subjects, { enabled: draft.compare, againMs });
  // What stands there of another dimension while the new one is on its way says nothing.
  const items = all.isPlaceholderData ? undefined : all.data?.items;
  const sums = useMemo(() => (items === undefined ? undefined : ranked(items)), [items]);
  const focus = sums?.find((line) => line.subject.id === draft.focus) ?? sums?.[0];
  const subject = focus?.subject.id ?? "";
  const detail = useAsked(draft, every, span, [subject], { enabled: wantsCourse && subject !== "", againMs });
  const { from, to } = span;
  const course = useMemo(
    () =>
      detail.data === undefined || detail.isPlaceholderData || subject === ""
        ? undefined
        : courseOf(detail.data, every, { from, to }, subject),
    [detail.data, detail.isPlaceholderData, every, from, to, subject],
  );
  const sumsBefore = useMemo(
    () => new Map((draft.compare && !earlier.isPlaceholderData ? (earlier.data?.items ?? []) : []).map((line) => [line.subject.id, line])),
    [draft.compare, earlier.data, earlier.isPlaceholderData],
  );
  const error = all.error ?? detail.error ?? (draft.compare ? earlier.error : null);
  return {
    span,
    before,
    every,
    sums,
    sumsBefore,
    focus,
    course,
    error: error === null ? null : toApiError(error),
    loading: all.isFetching || detail.isFetching,
    refresh: () => void queries.invalidateQueries({ queryKey: ["report"] }),
  };
}

/** The subjects that can be chosen: all that had something in the period. */
export function useSubjects(draft: ReportDraft, span: ReportSpan): readonly ReportLine[] {
  const all = useAsked(draft, "all", span, [], { enabled: true });
  return useMemo(() => (all.isPlaceholderData ? [] : ranked(all.data?.items ?? [])), [all.data, all.isPlaceholderData]);
}
