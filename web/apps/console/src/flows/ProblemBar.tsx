import { CheckCircleFilled, DownOutlined, SyncOutlined, UpOutlined, WarningFilled } from "@ant-design/icons";
import type { FlowFieldProblem } from "@lingtong/api";
import { nodeName, type FlowDocument } from "@lingtong/model/flow";
import { useState, type ReactElement } from "react";
import { fieldName, kindName, portName, useFlowWords } from "./words";

interface BarProps {
  flow: FlowDocument;
  problems: readonly FlowFieldProblem[];
  sound: boolean | null;
  failed: boolean;
  go: (node: string) => void;
}

/** What is wrong, as the server says; a click goes to the node. */
export function ProblemBar({ flow, problems, sound, failed, go }: BarProps): ReactElement {
  const { t, language } = useFlowWords();
  const [open, setOpen] = useState(true);
  const place = (problem: FlowFieldProblem): string => {
    const id = problem.flow?.node;
    if (typeof id !== "string") return t("problems.flow");
    const node = flow.nodes[id];
    return node === undefined ? id : (nodeName(node, language) ?? `${kindName(t, node.kind)} · ${id}`);
  };
  const field = (problem: FlowFieldProblem): string => {
    const name = problem.flow?.field ?? "";
    return name === "" ? "" : name.startsWith("outlets.") ? portName(t, name.slice("outlets.".length)) : name === "outlets" ? t("form.outlets") : fieldName(t, name);
  };
  if (failed) {
    return (
      <div className="flow-problems quiet" role="status">
        <WarningFilled /> {t("problems.failed")}
      </div>
    );
  }
  if (problems.length === 0) {
    return (
      <div className={`flow-problems quiet ${sound === true ? "fine" : ""}`} role="status">
        {sound === null ? <SyncOutlined /> : <CheckCircleFilled />} {t(sound === null ? "problems.checking" : "problems.none")}
      </div>
    );
  }
  return (
    <section className="flow-problems" aria-label={t("problems.title")}>
      <button
        type="button"
        className="flow-problems-head"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <WarningFilled /> <span role="status">{t("problems.count", { count: problems.length })}</span>
        {open ? <DownOutlined /> : <UpOutlined />}
      </button>
      {open ? (
        <ul>
          {problems.map((problem, index) => (
            <li key={index}>
              <button
                type="button"
                disabled={typeof problem.flow?.node !== "string"}
                onClick={() => {
                  if (typeof problem.flow?.node === "string") go(problem.flow.node);
                }}
              >
                <b>{place(problem)}</b>
                <span className="faint">{field(problem)}</span>
                <span>{problem.flow?.message ?? problem.message}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
