import { CloseOutlined } from "@ant-design/icons";
import type { FlowHead } from "@lingtong/api";
import { changeNote, COLOURS, nodeName, notesOf } from "@lingtong/model/flow";
import { Link } from "@tanstack/react-router";
import { Button, Input, Segmented, Select } from "antd";
import type { ReactElement } from "react";
import { Field, type PanelProps } from "./NodePanel";
import type { Drawing } from "./useDrawing";
import { kindName, useFlowWords } from "./words";

/** What a note says. */
export function NotePanel({ flow, index, writable, change, close, remove }: Pick<PanelProps, "flow" | "writable" | "change"> & { index: number; close: () => void; remove: () => void }): ReactElement | null {
  const { t } = useFlowWords();
  const note = notesOf(flow)[index];
  if (note === undefined) return null;
  return (
    <>
      <header className="flow-panel-head">
        <b>{t("form.note")}</b>
        <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("form.close")} onClick={close} />
      </header>
      <div className="flow-panel-body">
        <Field label={t("form.noteText")}>
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 14 }} aria-label={t("form.noteText")} disabled={!writable} value={note.text} maxLength={2_000} onChange={(event) => { change(changeNote(flow, index, { text: event.target.value }), `note.${String(index)}`); }} />
        </Field>
        <Segmented disabled={!writable} value={note.colour ?? "yellow"} options={COLOURS.map((colour) => ({ value: colour, label: t(`form.colour.${colour}`) }))} onChange={(colour) => { change(changeNote(flow, index, { colour })); }} />
        {writable ? (
          <div className="flow-panel-foot">
            <Button size="small" danger onClick={remove}>
              {t("form.delete")}
            </Button>
          </div>
        ) : null}
      </div>
    </>
  );
}

/** Several nodes are selected. */
export function SeveralPanel({ count }: { count: number }): ReactElement {
  const { t } = useFlowWords();
  return (
    <div className="flow-panel-body">
      <h3>{t("form.several", { count })}</h3>
      <p className="faint">{t("form.severalText")}</p>
    </div>
  );
}

/** What holds for the flow as a whole: shown while nothing is selected. */
export function FlowPanel({ drawing, head, writable, change, retitle }: Pick<PanelProps, "writable" | "change"> & { drawing: Drawing; head: FlowHead | undefined; retitle: (title: Drawing["title"]) => void }): ReactElement {
  const { t, language } = useFlowWords();
  const { flow, title } = drawing;
  const nodes = Object.entries(flow.nodes).map(([id, node]) => ({ value: id, label: nodeName(node, language) ?? `${kindName(t, node.kind)} · ${id}` }));
  return (
    <>
      <header className="flow-panel-head">
        <b>{t("form.flow")}</b>
        <code>{flow.id}</code>
      </header>
      <div className="flow-panel-body">
        <Field label={t("form.titleZh")}>
          <Input aria-label={t("form.titleZh")} disabled={!writable} value={title.zh} onChange={(event) => { retitle({ ...title, zh: event.target.value }); }} />
        </Field>
        <Field label={t("form.titleEn")}>
          <Input aria-label={t("form.titleEn")} disabled={!writable} value={title.en} onChange={(event) => { retitle({ ...title, en: event.target.value }); }} />
        </Field>
        <Field label={t("form.startNode")}>
          <Select aria-label={t("form.startNode")} disabled={!writable} showSearch={{ optionFilterProp: "label" }} value={flow.start === "" ? null : flow.start} options={nodes} onChange={(start: string) => { change({ ...flow, start }); }} />
        </Field>
        <Field label={t("form.flowLanguage")}>
          <Segmented disabled={!writable} value={flow.language} options={(["zh", "en"] as const).map((value) => ({ value, label: t(`choice.${value}`) }))} onChange={(value) => { change({ ...flow, language: value }); }} />
        </Field>
        <Field label={t("form.usedBy")}>
          {head === undefined || head.used_by.length === 0 ? (
            <p className="faint">{t("form.nobody")}</p>
          ) : (
            <div className="flow-used">
              {head.used_by.map((one) =>
                one.kind === "flow" ? (
                  <Link key={one.name} to="/flows/$name" params={{ name: one.name }} className="chip">
                    {one.name}
                  </Link>
                ) : (
                  <Link key={one.name} to="/settings/$kind" params={{ kind: one.kind }} search={{ open: one.name }} className="chip num">
                    {one.name}
                  </Link>
                ),
              )}
            </div>
          )}
        </Field>
      </div>
    </>
  );
}
