import { nodeName, withFlows, type FlowDocument, type Step } from "@lingtong/model/flow";
import { timeOfDay, useLocality } from "@lingtong/ui";
import type { ReactElement } from "react";
import { kindName, portName, useFlowWords } from "./words";

/** A step of a call, and when it was made. */
export interface TimedStep extends Step {
  at: string;
}

/** The steps that lie in this flow, by their place in the whole walk. */
export function stepsIn(flow: FlowDocument, trace: readonly TimedStep[]): (TimedStep & { number: number })[] {
  return withFlows(trace)
    .map((step, index) => ({ ...step, number: index + 1 }))
    .filter((step) => step.flow === null || step.flow === flow.id);
}

interface StepListProps {
  flow: FlowDocument;
  steps: readonly (TimedStep & { number: number })[];
  go: (node: string) => void;
}

/** Where a call went; a click shows the node. */
export function StepList({ flow, steps, go }: StepListProps): ReactElement {
  const { t, language } = useFlowWords();
  const { timeZone } = useLocality();
  return (
    <ol className="lit-steps">
      {steps.map((step) => {
        const node = flow.nodes[step.node];
        return (
          <li key={step.number}>
            <button type="button" onClick={() => { go(step.node); }}>
              <span className="flow-steps num">{step.number}</span>
              <span>
                <b>{(node === undefined ? null : nodeName(node, language)) ?? step.node}</b>
                <small>{kindName(t, step.kind)}</small>
              </span>
              <span className="faint num">{timeOfDay(step.at, language, timeZone)}</span>
              {typeof step.outlet === "string" ? <em>{portName(t, step.outlet)}</em> : null}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
