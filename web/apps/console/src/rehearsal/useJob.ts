import { toApiError, type ApiError, type JobApi, type RehearsalJob } from "@lingtong/api";
import { useMutation, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useServices } from "../services";

/** How often a job that runs is asked after. */
const ASK_MS = 400;

/** What all jobs have in common. */
export type AnyJob = Pick<RehearsalJob, "id" | "state" | "progress" | "by" | "error"> & { result?: unknown };

export interface Working<All, Request, Job> {
  known: UseQueryResult<All>;
  /** The newest job, with its result once it is done. */
  job: Job | null;
  begin: (request: Request) => void;
  /** On the way to the server, or at work. */
  running: boolean;
  /** Why the last one could not begin. */
  refused: ApiError | null;
  cancel: () => void;
}

/** What there is to work on, the job that was begun last, and a new one. `name`: by which answers are kept. */
export function useJob<All extends { last?: Job | null }, Request, Job extends AnyJob>(name: string, api: JobApi<All, Request, Job>): Working<All, Request, Job> {
  const { queries } = useServices();
  const known = useQuery({ queryKey: [name, "all"], queryFn: ({ signal }) => api.all(signal) });
  const id = known.data?.last?.id;
  const one = useQuery({
    queryKey: [name, "one", id],
    queryFn: ({ signal }) => api.one(id ?? "", signal),
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data === undefined || query.state.data.state === "running" ? ASK_MS : false),
  });
  const begin = useMutation({
    mutationFn: (request: Request) => api.begin(request),
    onSuccess: (job) => {
      queries.setQueryData([name, "one", job.id], job);
      queries.setQueryData<All>([name, "all"], (before) => (before === undefined ? before : { ...before, last: job }));
    },
  });
  const cancel = useMutation({
    mutationFn: (running: string) => api.cancel(running),
    onSuccess: () => queries.invalidateQueries({ queryKey: [name, "one"] }),
  });
  const job = one.data ?? null;
  return {
    known,
    job,
    begin: (request) => {
      begin.mutate(request);
    },
    running: begin.isPending || job?.state === "running",
    refused: begin.error === null ? null : toApiError(begin.error),
    cancel: () => {
      if (id !== undefined) cancel.mutate(id);
    },
  };
}
