import { toApiError, type AgentState, type AgentStateChange, type ApiError } from "@lingtong/api";
import { newerState, NOT_READY_REASONS } from "@lingtong/model";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useServices } from "../services";
import { useLivePart, useLivePhase } from "../useLive";

/** How often the state is asked for where the role may not follow the event stream. */
const POLL_MS = 5_000;

export const REASONS = NOT_READY_REASONS;

export interface AgentControl {
  state: AgentState | null;
  busy: boolean;
  error: ApiError | null;
  change: (change: AgentStateChange) => void;
}

/** One agent's state: from the event stream where it runs, from the last answer until an event confirms it. */
export function useAgentState(agentId: string): AgentControl {
  const { api } = useServices();
  const queries = useQueryClient();
  const phase = useLivePhase();
  const live = useLivePart((board) => board?.agents.get(agentId));
  const key = ["agent-state", agentId];
  const asked = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.agentState(agentId, signal),
    enabled: agentId !== "",
    refetchInterval: phase === "forbidden" ? POLL_MS : false,
  });
  const mutation = useMutation({
    mutationFn: (change: AgentStateChange) => api.setAgentState(agentId, change),
    onSuccess: (state) => {
      queries.setQueryData(key, state);
    },
  });
  return {
    state: newerState(live, asked.data),
    busy: mutation.isPending,
    error: mutation.error === null ? null : toApiError(mutation.error),
    change: (change) => {
      mutation.mutate(change);
    },
  };
}
