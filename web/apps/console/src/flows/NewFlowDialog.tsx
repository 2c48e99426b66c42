import { UploadOutlined } from "@ant-design/icons";
import { toApiError } from "@lingtong/api";
import { FIRST_TEMPLATE, fromTemplate, TEMPLATES, type Template } from "@lingtong/model/flow";
import { useMutation } from "@tanstack/react-query";
import { Button, Input, Modal } from "antd";
import { useRef, useState, type ReactElement } from "react";
import { useServices } from "../services";
import { readFile } from "./files";
import { Sketch } from "./Sketch";
import { specOf, type Drawing } from "./useDrawing";
import type { Forms } from "./useForms";
import { useFlowWords } from "./words";

const NAME = /^[a-z0-9_-]{1,64}$/;

interface NewFlowProps {
  forms: Forms;
  taken: readonly string[];
  close: () => void;
  made: (name: string) => void;
}

/** A new flow from a template or a file: kept as a draft, which nobody walks before it is published. */
export function NewFlowDialog({ forms, taken, close, made }: NewFlowProps): ReactElement {
  const { t, language } = useFlowWords();
  const { flows, queries } = useServices();
  const [name, setName] = useState("");
  const [template, setTemplate] = useState<Template>(FIRST_TEMPLATE);
  const [file, setFile] = useState<File | null>(null);
  const [wrong, setWrong] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const problem = name === "" ? null : taken.includes(name) ? t("create.nameTaken") : NAME.test(name) ? null : t("create.nameWrong");
  const create = useMutation({
    mutationFn: async (): Promise<string | null> => {
      const fresh: Drawing = { title: template.title, flow: fromTemplate(template, name, language, forms.byName, forms.queueNames) };
      const drawing = file === null ? fresh : await readFile(file, name);
      setWrong(drawing === null);
      if (drawing === null) return null;
      await flows.saveDraft(name, specOf(drawing), null);
      await queries.invalidateQueries({ queryKey: ["flows"] });
      return name;
    },
    onSuccess: (done) => {
      if (done !== null) made(done);
    },
  });
  const chinese = language.startsWith("zh");
  return (
    <Modal
      open
      centered
      width={860}
      title={t("create.title")}
      okText={t("create.create")}
      cancelText={t("create.cancel")}
      okButtonProps={{ disabled: name === "" || problem !== null, loading: create.isPending }}
      onCancel={close}
      onOk={() => {
        create.mutate();
      }}
    >
      <div className="flow-new">
        <label className="flow-field">
          <span className="flow-field-name">{t("create.name")}</span>
          <Input
            autoFocus
            className="mono"
            status={problem === null ? "" : "error"}
            value={name}
            onChange={(event) => {
              setName(event.target.value.trim().toLowerCase());
            }}
            onPressEnter={() => {
              if (name !== "" && problem === null) create.mutate();
            }}
          />
          <span className={problem === null ? "faint" : "field-wrong"}>{problem ?? t("create.nameHint")}</span>
        </label>
        <div className="flow-templates" role="radiogroup" aria-label={t("create.template")}>
          {TEMPLATES.map((one) => {
            const chosen = file === null && one.id === template.id;
            return (
              <button
                key={one.id}
                type="button"
                role="radio"
                aria-checked={chosen}
                className={`flow-template ${chosen ? "chosen" : ""}`}
                onClick={() => {
                  setTemplate(one);
                  setFile(null);
                }}
              >
                <Sketch flow={fromTemplate(one, one.id, language, forms.byName, [])} />
                <b>{chinese ? one.title.zh : one.title.en}</b>
                <span>{chinese ? one.text.zh : one.text.en}</span>
              </button>
            );
          })}
        </div>
        <div className="flow-new-file">
          <input
            ref={input}
            hidden
            type="file"
            accept=".json,.yaml,.yml"
            onChange={(event) => {
              setFile(event.target.files?.[0] ?? null);
              setWrong(false);
            }}
          />
          <Button
            size="small"
            icon={<UploadOutlined />}
            onClick={() => {
              input.current?.click();
            }}
          >
            {t("list.import")}
          </Button>
          {file === null ? null : <span>{t("create.picked", { name: file.name })}</span>}
          {wrong ? (
            <span role="alert" className="field-wrong">
              {t("create.importWrong")}
            </span>
          ) : null}
          {create.error === null ? null : (
            <span role="alert" className="field-wrong">
              {toApiError(create.error).message}
            </span>
          )}
        </div>
      </div>
    </Modal>
  );
}
