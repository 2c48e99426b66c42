import { toApiError } from "@lingtong/api";
import { useMutation } from "@tanstack/react-query";
import { useServices } from "../services";

/** Says that whoever is signed in looks after an alert; the stream tells everybody. */
export function useAcknowledge(): { acknowledge: (id: string) => void; busy: string | undefined; failed: string | null } {
  const { api } = useServices();
  const change = useMutation({ mutationFn: (id: string) => api.acknowledge(id) });
  return {
    acknowledge: change.mutate,
    busy: change.isPending ? change.variables : undefined,
    failed: change.error === null ? null : toApiError(change.error).message,
  };
}
