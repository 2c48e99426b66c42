import type { ReplayResult } from "@lingtong/api";
import type { ReactElement } from "react";
import { useServices } from "../services";
import { JobPage } from "./JobPage";
import { ReplayForm } from "./ReplayForm";
import { ReplayOutcome } from "./ReplayOutcome";
import { useJob } from "./useJob";

/** A recorded day under its own policy and under a draft. */
export function ReplayPage(): ReactElement {
  const working = useJob("replays", useServices().replay);
  return <JobPage of="replay" working={working} form={(props) => <ReplayForm {...props} />} outcome={(result: ReplayResult) => <ReplayOutcome result={result} />} />;
}
