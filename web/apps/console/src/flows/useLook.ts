import type { InteractionDetail } from "@lingtong/api";
import { compareFlows, pathIn, readFlow, type FlowDifference, type FlowDocument, type Path, type Step } from "@lingtong/model/flow";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useServices } from "../services";
import type { Look } from "./VersionsDrawer";

/** What is shown in place of the drawing itself, or on top of it. */
export interface Shown {
  flow: FlowDocument;
  /** The drawing itself is shown and may be changed. */
  editing: boolean;
  path: Path | null;
  difference: FlowDifference | null;
  /** The version that a real call walked, where it is known. */
  walked: number | null;
}

interface LookProps {
  name: string;
  drawn: FlowDocument;
  /** The version that calls walk now. */
  version: number | null;
  look: Look | null;
  interaction: InteractionDetail | null;
  /** Where a try of the drawing went so far. */
  tried: readonly Step[] | null;
}

/** What to show: the drawing, an old version, what has changed since, or the way of a call. */
export function useLook({ name, drawn, version, look, interaction, tried }: LookProps): Shown {
  const { flows } = useServices();
  const walked = useMemo(() => (interaction === null ? null : pathIn(drawn, interaction.trace)), [interaction, drawn]);
  const wanted = look?.version ?? walked?.version ?? null;
  const old = useQuery({
    queryKey: ["flow-version", name, wanted],
    enabled: wanted !== null && version !== null,
    staleTime: Infinity,
    queryFn: ({ signal }) => flows.version(name, wanted ?? 0, signal),
  });
  const before = useMemo(() => (old.data === undefined ? null : readFlow(old.data.definition)), [old.data]);
  return useMemo((): Shown => {
    if (look !== null && before !== null) {
      if (look.way === "view") return { flow: before, editing: false, path: null, difference: null, walked: null };
      const difference = compareFlows(before, drawn);
      return { flow: difference.both, editing: false, path: null, difference, walked: null };
    }
    if (interaction !== null) {
      const flow = before ?? drawn;
      return { flow, editing: false, path: pathIn(flow, interaction.trace), difference: null, walked: walked?.version ?? null };
    }
    return { flow: drawn, editing: true, path: tried === null ? null : pathIn(drawn, tried), difference: null, walked: null };
  }, [look, before, drawn, interaction, tried, walked]);
}
