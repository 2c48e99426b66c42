import { toApiError, type AgentState, type AgentStateChange, type ApiError } from "@lingtong/api";
import { parseTime } from "@lingtong/model";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useServices } from "../services";
import { useLivePart, useLivePhase } from "../useLive";

/** How often the state is asked for where the role may not follow the event stream. */
const POLL_MS = 5_000;

/** Reasons that an agent may give; the server may name others, such as a call not answered. */
export const REASONS = ["break", "lunch", "training", "meeting", "back_office"] as const;

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
  const fromLive: AgentState | undefined = live === undefined ? undefined : { ...live, agent_id: live.id };
  const answered = asked.data;
  const newer =
    fromLive !== undefined && (answered === undefined || parseTime(fromLive.since) >= parseTime(answered.since))
      ? fromLive
      : answered;
  return {
    state: newer ?? null,
    busy: mutation.isPending,
    error: mutation.error === null ? null : toApiError(mutation.error),
    change: (change) => {
      mutation.mutate(change);
    },
  };
}
