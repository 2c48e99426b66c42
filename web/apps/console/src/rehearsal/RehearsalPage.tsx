import type { RehearsalResult } from "@lingtong/api";
import { useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useServices } from "../services";
import { JobPage } from "./JobPage";
import { Outcome } from "./Outcome";
import { RehearsalForm } from "./RehearsalForm";
import { useJob } from "./useJob";

/** A day in virtual time, under today's settings and under a draft. */
export function RehearsalPage(): ReactElement {
  const { flow } = useSearch({ from: "/shell/rehearsal" });
  const working = useJob("rehearsals", useServices().rehearsal);
  return <JobPage of="rehearsal" working={working} form={(props) => <RehearsalForm flow={flow} {...props} />} outcome={(result: RehearsalResult) => <Outcome result={result} />} />;
}
