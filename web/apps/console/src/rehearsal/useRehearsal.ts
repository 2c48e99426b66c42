import { toApiError, type ApiError, type RehearsalJob, type RehearsalRequest, type Rehearsals } from "@lingtong/api";
import { useMutation, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useServices } from "../services";

/** How often a rehearsal that runs is asked after. */
const ASK_MS = 400;

export interface Rehearsing {
  known: UseQueryResult<Rehearsals>;
  /** The newest rehearsal, with its result once it is done. */
  job: RehearsalJob | null;
  begin: (request: RehearsalRequest) => void;
  /** On the way to the server. */
  begins: boolean;
  /** Why the last one could not begin. */
  refused: ApiError | null;
  cancel: () => void;
}

/** What there is to rehearse, the rehearsal that was begun last, and a new one. */
export function useRehearsal(): Rehearsing {
  const { rehearsal, queries } = useServices();
  const known = useQuery({ queryKey: ["rehearsals"], queryFn: ({ signal }) => rehearsal.all(signal) });
  const id = known.data?.last?.id;
  const one = useQuery({
    queryKey: ["rehearsal", id],
    queryFn: ({ signal }) => rehearsal.one(id ?? "", signal),
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data === undefined || query.state.data.state === "running" ? ASK_MS : false),
  });
  const begin = useMutation({
    mutationFn: (request: RehearsalRequest) => rehearsal.begin(request),
    onSuccess: (job) => {
      queries.setQueryData(["rehearsal", job.id], job);
      queries.setQueryData<Rehearsals>(["rehearsals"], (before) => (before === undefined ? before : { ...before, last: job }));
    },
  });
  const cancel = useMutation({
    mutationFn: (running: string) => rehearsal.cancel(running),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["rehearsal"] }),
  });
  return {
    known,
    job: one.data ?? null,
    begin: (request) => {
      begin.mutate(request);
    },
    begins: begin.isPending,
    refused: begin.error === null ? null : toApiError(begin.error),
    cancel: () => {
      if (id !== undefined) cancel.mutate(id);
    },
  };
}
