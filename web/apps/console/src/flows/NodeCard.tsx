import { PlayCircleFilled, WarningFilled } from "@ant-design/icons";
import { NODE_WIDTH, nodeName, portsOf, type Difference, type FlowNode, type KindForm, type NodeHeat } from "@lingtong/model/flow";
import { Handle, Position, type Node, type NodeProps } from "@xyflow/react";
import { memo, type ReactElement } from "react";
import { sameData } from "./drawn";
import { lookOf } from "./looks";
import { summaryOf, type Bank } from "./summary";
import { kindName, portName, useFlowWords } from "./words";

export interface CardData extends Record<string, unknown> {
  node: FlowNode;
  form: KindForm | undefined;
  bank: Bank;
  start: boolean;
  problems: number;
  difference: Difference | undefined;
  /** The numbers of the steps that a walk took here; absent where none is shown. */
  steps: string | undefined;
  /** A walk is shown, and it did not come here. */
  dim: boolean;
  /** A walk stands here. */
  here: boolean;
  found: boolean;
  /** What is known of real calls here; null while that is not shown. */
  heat: NodeHeat | null;
}
export type CardNode = Node<CardData, "card">;

function Card({ id, data, selected }: NodeProps<CardNode>): ReactElement {
  const { t, language } = useFlowWords();
  const { node, form } = data;
  const look = lookOf(node.kind);
  const kind = kindName(t, node.kind);
  const name = nodeName(node, language);
  const summary = summaryOf(node, data.bank, t, language);
  const state = [
    selected ? "selected" : "",
    data.difference === undefined ? "" : `diff-${data.difference}`,
    data.steps === undefined ? "" : "lit",
    data.dim ? "dim" : "",
    data.here ? "here" : "",
    data.found ? "found" : "",
    data.problems > 0 ? "wrong" : "",
    data.heat === null ? "" : `heat-${String(data.heat.grade)}`,
    data.heat?.visits === 0 ? "dim" : "",
  ].filter((word) => word !== "");
  return (
    <div className={`flow-card group-${look.group} ${state.join(" ")}`} style={{ width: NODE_WIDTH }} data-node={id}>
      <Handle type="target" position={Position.Left} id="in" className="flow-in" />
      <div className="flow-card-head">
        <span className="flow-icon" aria-hidden="true">
          {look.icon}
        </span>
        <span className="flow-card-name" data-far={shortened(name ?? kind)}>
          <b>{name ?? kind}</b>
          <small>{name === null ? id : kind}</small>
        </span>
        {data.start ? (
          <span className="flow-start">
            <PlayCircleFilled aria-hidden="true" /> {t("canvas.start")}
          </span>
        ) : null}
        {data.steps === undefined ? null : <span className="flow-steps num">{data.steps}</span>}
        {data.problems > 0 ? <WarningFilled className="flow-warning" aria-label={t("canvas.problems", { count: data.problems })} /> : null}
      </div>
      {summary === "" ? null : (
        <p className="flow-summary" title={summary}>
          {summary}
        </p>
      )}
      {data.heat === null || data.heat.visits === 0 ? null : (
        <p className="flow-heat num">
          <b>{t("heat.visits", { count: data.heat.visits })}</b>
          {data.heat.left === 0 ? null : <span className="flow-heat-left">{t("heat.gone", { count: data.heat.left })}</span>}
          <span>{t("heat.seconds", { seconds: (data.heat.median_ms / 1000).toFixed(1) })}</span>
        </p>
      )}
      {portsOf(node, form).map((port) => (
        <div key={port.name} className={`flow-port port-${port.sort} ${port.to !== null ? "linked" : port.required ? "missing" : "idle"}`}>
          <span>{port.sort === "more" ? t(form?.keys === true ? "port.more" : "port.moreAny") : portName(t, port.name)}</span>
          <Handle type="source" position={Position.Right} id={port.name} className={`flow-out out-${port.sort}`} />
        </div>
      ))}
    </div>
  );
}

/** So much of a name as fits on a card where it is written large: so many letters, or half as many Chinese characters. */
const FAR_LETTERS = 11;
const WIDE = /[\u2e80-\uffef]/u;

function shortened(name: string): string {
  let room = FAR_LETTERS;
  let cut = "";
  for (const letter of name) {
    room -= WIDE.test(letter) ? 2 : 1;
    if (room < 0) return `${cut}…`;
    cut += letter;
  }
  return cut;
}

function same(a: NodeProps<CardNode>, b: NodeProps<CardNode>): boolean {
  if (a.selected !== b.selected || a.id !== b.id) return false;
  return sameData(a.data, b.data);
}

/** A node as it is drawn. Drawn anew only when it says something else: hundreds of them move together. */
export const NodeCard = memo(Card, same);
