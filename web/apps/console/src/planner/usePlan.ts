import { toApiError, type ApiError, type PlanBasis, type SitePlan } from "@lingtong/api";
import { planToSearch, readPlan, type PlanDraft, type PlanFieldId, type PlanProblem } from "@lingtong/model";
import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { useServices } from "../services";
import { useSettled } from "../useSettled";

/** The server is asked when nobody has typed for so long. */
const PAUSE_MS = 200;

/** What the centre's own records say. */
export function useBasis(): UseQueryResult<PlanBasis> {
  const { planner } = useServices();
  return useQuery({ queryKey: ["plan", "basis"], queryFn: ({ signal }) => planner.basis(signal), staleTime: 300_000 });
}

export interface Planned {
  /** The newest plan; of the form as it was before while something in it is wrong. */
  plan: SitePlan | undefined;
  problems: ReadonlyMap<PlanFieldId, PlanProblem>;
  /** The field that the server does not take. */
  refused: string;
  error: ApiError | null;
  retry: () => void;
}

/** The plan for what is typed, reckoned by the server, and the address that leads to it. */
export function usePlan(draft: PlanDraft, basis: PlanBasis | undefined, ready: boolean): Planned {
  const { planner } = useServices();
  const navigate = useNavigate();
  const own = basis?.curve ?? null;
  const { request, problems } = useMemo(() => readPlan(draft, own), [draft, own]);
  const asked = useSettled(request, PAUSE_MS);
  const settled = useSettled(draft, PAUSE_MS);
  useEffect(() => {
    void navigate({ to: "/planner", search: planToSearch(settled), replace: true });
  }, [navigate, settled]);
  const query = useQuery({
    queryKey: ["plan", asked],
    queryFn: () => planner.plan(asked),
    // While the form says what is wrong, nobody is asked; a day of own records has to be there first.
    enabled: problems.size === 0 && ready,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const error = query.error === null ? null : toApiError(query.error);
  const refused = error?.kind === "invalid" ? error.field : "";
  return {
    plan: query.data,
    problems,
    refused,
    error: refused === "" ? error : null,
    retry: () => void query.refetch(),
  };
}
