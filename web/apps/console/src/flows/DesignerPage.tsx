import { toApiError, type FlowDetail } from "@lingtong/api";
import { ErrorState, Skeleton } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { ReactFlowProvider } from "@xyflow/react";
import type { ReactElement } from "react";
import { useServices } from "../services";
import { MissingPage } from "../shell/RouteStates";
import { Designer } from "./Designer";
import { useForms } from "./useForms";
import "./flows.css";
import "./canvas.css";

/** One flow, drawn. */
export function DesignerPage(): ReactElement {
  const { name } = useParams({ from: "/shell/flows/$name" });
  const { interaction } = useSearch({ from: "/shell/flows/$name" });
  const { flows, api } = useServices();
  const { forms, query: kinds } = useForms();
  // Asked once: what is drawn from then on is this page's, and a newer draft of somebody else's must not replace it.
  const query = useQuery<FlowDetail>({ queryKey: ["flow", name], staleTime: Infinity, gcTime: 0, queryFn: ({ signal }) => flows.get(name, signal) });
  const walked = useQuery({ queryKey: ["interaction", interaction], enabled: interaction !== undefined, queryFn: ({ signal }) => api.interaction(interaction ?? "", signal) });
  const error = query.error ?? kinds.error;
  if (error !== null) {
    const failure = toApiError(error);
    if (failure.kind === "not_found") return <MissingPage />;
    return (
      <ErrorState
        error={failure}
        retry={() => {
          void query.refetch();
          void kinds.refetch();
        }}
      />
    );
  }
  if (query.data === undefined || kinds.data === undefined) {
    return (
      <div className="page">
        <Skeleton rows={12} height={24} />
      </div>
    );
  }
  return (
    <ReactFlowProvider key={name}>
      <Designer detail={query.data} forms={forms} interaction={interaction === undefined ? null : (walked.data ?? null)} />
    </ReactFlowProvider>
  );
}
