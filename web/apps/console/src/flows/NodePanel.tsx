import { CloseOutlined, CopyOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import type { FlowFieldProblem } from "@lingtong/api";
import { connect, formOf, freeOutlets, nodeName, portsOf, renameNode, renameOutlet, setField, setName, variablesAt, type FlowDocument, type FlowNode, type KindForm } from "@lingtong/model/flow";
import { Button, Dropdown, Input, Select } from "antd";
import { useMemo, useState, type ReactElement, type ReactNode } from "react";
import { FieldInput } from "./FieldInput";
import { LookupTest } from "./LookupTest";
import { lookOf } from "./looks";
import type { Bank } from "./summary";
import { fieldName, kindAbout, kindName, portName, useFlowWords } from "./words";

export interface PanelProps {
  flow: FlowDocument;
  forms: ReadonlyMap<string, KindForm>;
  bank: Bank;
  flows: readonly string[];
  writable: boolean;
  problems: readonly FlowFieldProblem[];
  change: (flow: FlowDocument, about?: string) => void;
}

export function Field({ label, needed, problem, children }: { label: string; needed?: boolean; problem?: string | undefined; children: ReactNode }): ReactElement {
  const { t } = useFlowWords();
  return (
    <div className={`flow-field ${problem === undefined ? "" : "wrong"}`}>
      <span className="flow-field-name">
        {label}
        {needed === true ? <i title={t("form.required")}>*</i> : null}
      </span>
      {children}
      {problem === undefined ? null : (
        <span className="field-wrong" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

function Outlets({ flow, id, node, form, writable, problems, change }: PanelProps & { id: string; node: FlowNode; form: KindForm | undefined }): ReactElement | null {
  const { t, language } = useFlowWords();
  const ports = portsOf(node, form).filter((port) => port.sort !== "more");
  const free = freeOutlets(node, form).filter((name) => !ports.some((port) => port.name === name));
  if (ports.length === 0 && free.length === 0) return null;
  const targets = Object.entries(flow.nodes).map(([name, one]) => ({ value: name, label: nodeName(one, language) ?? `${kindName(t, one.kind)} · ${name}` }));
  const options = [{ value: "", label: t("form.nowhere") }, ...targets];
  const keys = free.filter((name) => /^[0-9*#]$/.test(name));
  const wrong = (name: string): string | undefined => problems.find((one) => one.flow?.node === id && one.flow.field === `outlets.${name}`)?.flow?.message;
  return (
    <section className="flow-outlets">
      <h3>{t("form.outlets")}</h3>
      {ports.map((port) => (
        <div key={port.name} className="flow-outlet">
          {port.sort === "key" && writable ? (
            <Select
              size="small"
              aria-label={portName(t, port.name)}
              className={`outlet-name out-${port.sort}`}
              value={port.name}
              options={[port.name, ...keys].map((name) => ({ value: name, label: portName(t, name) }))}
              onChange={(name: string) => {
                change(renameOutlet(flow, id, port.name, name));
              }}
            />
          ) : (
            <span className={`outlet-name out-${port.sort}`}>
              {portName(t, port.name)}
              {port.required ? <i>*</i> : null}
            </span>
          )}
          <Select
            size="small"
            className="outlet-target"
            aria-label={`${portName(t, port.name)} ${t("form.to")}`}
            showSearch={{ optionFilterProp: "label" }}
            disabled={!writable}
            status={wrong(port.name) === undefined ? "" : "error"}
            value={port.to ?? ""}
            options={port.to === null || Object.hasOwn(flow.nodes, port.to) ? options : [{ value: port.to, label: port.to }, ...options]}
            onChange={(to: string) => {
              change(connect(flow, id, port.name, to === "" ? undefined : to));
            }}
          />
        </div>
      ))}
      {writable && keys.length > 0 ? (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: keys.map((name) => ({ key: name, label: portName(t, name) })),
            onClick: ({ key }) => {
              const [first = id] = Object.keys(flow.nodes).filter((name) => name !== id);
              change(connect(flow, id, key, first));
            },
          }}
        >
          <Button size="small" type="text" icon={<PlusOutlined />}>
            {t("form.addOutlet")}
          </Button>
        </Dropdown>
      ) : null}
    </section>
  );
}

function IdInput({ id, flow, disabled, rename }: { id: string; flow: FlowDocument; disabled: boolean; rename: (to: string) => void }): ReactElement {
  const { t } = useFlowWords();
  const [typed, setTyped] = useState(id);
  const taken = typed !== id && Object.hasOwn(flow.nodes, typed);
  const leave = (): void => {
    if (typed !== "" && !taken) rename(typed);
    else setTyped(id);
  };
  return <Input size="small" className="mono" aria-label={t("form.id")} disabled={disabled} status={taken ? "error" : ""} value={typed} onChange={(event) => { setTyped(event.target.value.trim()); }} onBlur={leave} onPressEnter={leave} />;
}

interface NodePanelProps extends PanelProps {
  id: string;
  close: () => void;
  renamed: (id: string) => void;
  duplicate: () => void;
  remove: () => void;
}

/** A node's form, made from what the server says of its kind. */
export function NodePanel(props: NodePanelProps): ReactElement | null {
  const { flow, id, forms, flows, writable, problems, change, close, renamed, duplicate, remove } = props;
  const { t, language } = useFlowWords();
  const node = flow.nodes[id];
  const form = forms.get(node?.kind ?? "");
  const fields = useMemo(() => (form === undefined ? [] : formOf(form)), [form]);
  const bank = useMemo((): Bank => ({ ...props.bank, expression: { ...props.bank.expression, own: variablesAt(flow, id, forms) } }), [props.bank, flow, id, forms]);
  if (node === undefined) return null;
  const look = lookOf(node.kind);
  const mine = problems.filter((one) => one.flow?.node === id);
  const wrong = (field: string): string | undefined => mine.find((one) => one.flow?.field === field || one.flow?.field?.startsWith(`${field}.`) === true)?.flow?.message;
  const whole = mine.filter((one) => {
    const field = one.flow?.field ?? "";
    return !field.startsWith("outlets.") && !fields.some((known) => known.name === field || field.startsWith(`${known.name}.`));
  });
  return (
    <>
      <header className={`flow-panel-head group-${look.group}`}>
        <span className="flow-icon" aria-hidden="true">
          {look.icon}
        </span>
        <span>
          <b>{kindName(t, node.kind)}</b>
          <small>{kindAbout(t, node.kind)}</small>
        </span>
        <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("form.close")} onClick={close} />
      </header>
      <div className="flow-panel-body">
        {whole.map((one, index) => (
          <p key={index} className="field-wrong" role="alert">
            {one.flow?.message}
          </p>
        ))}
        <Field label={t("form.name")}>
          <Input aria-label={t("form.name")} disabled={!writable} value={nodeName(node, language) ?? ""} placeholder={kindName(t, node.kind)} onChange={(event) => { change(setName(flow, id, event.target.value, language), `${id}.name`); }} />
        </Field>
        {fields.map((field) => (
          <Field key={field.name} label={fieldName(t, field.name)} needed={field.required} problem={wrong(field.name)}>
            <FieldInput field={field} value={node[field.name]} bank={bank} flows={flows} disabled={!writable} change={(value) => { change(setField(flow, id, field.name, value), `${id}.${field.name}`); }} />
          </Field>
        ))}
        {(node.kind === "http_lookup" || node.kind === "database_lookup") && writable ? <LookupTest key={id} flow={flow} node={node} forms={forms} /> : null}
        <Outlets {...props} node={node} form={form} />
        <Field label={t("form.id")}>
          <IdInput key={id} id={id} flow={flow} disabled={!writable} rename={(to) => { if (to !== id) { change(renameNode(flow, id, to)); renamed(to); } }} />
        </Field>
        {writable ? (
          <div className="flow-panel-foot">
            {flow.start === id ? <span className="faint">{t("form.start")}</span> : <Button size="small" onClick={() => { change({ ...flow, start: id }); }}>{t("form.makeStart")}</Button>}
            <Button size="small" icon={<CopyOutlined />} aria-label={t("form.duplicate")} title={t("form.duplicate")} onClick={duplicate} />
            <Button size="small" danger icon={<DeleteOutlined />} aria-label={t("form.delete")} title={t("form.delete")} onClick={remove} />
          </div>
        ) : null}
      </div>
    </>
  );
}
