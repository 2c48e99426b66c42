import { ApiOutlined } from "@ant-design/icons";
import { toApiError, type FlowFieldProblem, type LookupTried } from "@lingtong/api";
import { variablesOf, type FlowDocument, type FlowNode, type KindForm } from "@lingtong/model/flow";
import { useMutation } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState, type ReactElement } from "react";
import { useServices } from "../services";
import { portName, useFlowWords } from "./words";

interface LookupTestProps {
  flow: FlowDocument;
  node: FlowNode;
  forms: ReadonlyMap<string, KindForm>;
}

function Tried({ tried }: { tried: LookupTried }): ReactElement {
  const { t } = useFlowWords();
  return (
    <div className="lookup-tried" role="status">
      <p>
        <b className={tried.outlet === "found" ? "good" : "bad"}>{portName(t, tried.outlet)}</b> {tried.status ?? ""} {tried.why ?? ""} {tried.said ?? ""} · {t("lookup.took", { ms: tried.took_ms, tries: tried.tries })}
      </p>
      <pre className="mono">
        {(tried.database ?? null) === null ? `${tried.method ?? ""} ${tried.url ?? ""}\n` : `${tried.database?.statement ?? ""}\n`}
        {tried.database?.values.map((value, at) => `$${String(at + 1)} = ${JSON.stringify(value)}\n`)}
        {tried.headers.map((header) => `${header.name}: ${header.value}\n`)}
        {tried.body ?? ""}
      </pre>
      <dl>
        {Object.entries(tried.values as Record<string, unknown>).map(([name, value]) => (
          <div key={name}>
            <dt className="mono">{name}</dt>
            <dd>{JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Asks the other system as a call would, and shows what was asked and what came of it. */
export function LookupTest({ flow, node, forms }: LookupTestProps): ReactElement {
  const { t } = useFlowWords();
  const { flows } = useServices();
  const [caller, setCaller] = useState("13800138000");
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const attempt = useMutation({ mutationFn: () => flows.tryLookup({ node, caller, variables: given }) });
  const own = variablesOf(flow, forms);
  // Those alone that the node speaks of.
  const text = JSON.stringify(node);
  const named = own.filter((name) => text.includes(name) && !Object.hasOwn(node["take"] ?? node["columns"] ?? {}, name));
  const failure = attempt.error === null ? null : toApiError(attempt.error);
  const problem = failure?.problems.at(0) as FlowFieldProblem | undefined;
  return (
    <section className="lookup-test">
      <h3>{t("lookup.title")}</h3>
      <label>
        {t("try.caller")}
        <Input size="small" className="num" value={caller} onChange={(event) => { setCaller(event.target.value); }} />
      </label>
      {named.map((name) => (
        <label key={name}>
          <code>{name}</code>
          <Input size="small" value={given[name] ?? ""} onChange={(event) => { setGiven({ ...given, [name]: event.target.value }); }} />
        </label>
      ))}
      <Button size="small" icon={<ApiOutlined />} loading={attempt.isPending} onClick={() => { attempt.mutate(); }}>
        {t("lookup.go")}
      </Button>
      {failure === null ? null : (
        <p role="alert" className="field-wrong">
          {problem?.flow?.message ?? failure.message}
        </p>
      )}
      {attempt.data === undefined || failure !== null ? null : <Tried tried={attempt.data} />}
    </section>
  );
}
