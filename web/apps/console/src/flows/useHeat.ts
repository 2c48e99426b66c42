import type { FlowHeat, FlowVersionHead } from "@lingtong/api";
import { heatOn, type HeatMap } from "@lingtong/model/flow";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { useServices } from "../services";
import type { HeatChoice } from "./HeatPanel";

const DAY_MS = 86_400_000;

interface Heat {
  versions: readonly FlowVersionHead[];
  query: UseQueryResult<FlowHeat>;
  map: HeatMap | null;
}

/** Where real calls went, while somebody looks at it. */
export function useHeat(name: string, choice: HeatChoice | null): Heat {
  const { flows } = useServices();
  const enabled = choice !== null;
  const versions = useQuery({ queryKey: ["flow-versions", name], enabled, queryFn: ({ signal }) => flows.versions(name, signal) });
  const query = useQuery({
    queryKey: ["flow-heat", name, choice?.version, choice?.days],
    enabled,
    queryFn: ({ signal }) => flows.heat(name, choice?.version ?? 0, new Date(Date.now() - (choice?.days ?? 1) * DAY_MS), signal),
  });
  const map = useMemo(() => (enabled && query.data !== undefined ? heatOn(query.data) : null), [enabled, query.data]);
  return { versions: versions.data ?? [], query, map };
}
