import { toApiError, type FlowCanaryWish } from "@lingtong/api";
import { compareFlows } from "@lingtong/model/flow";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Input, Modal } from "antd";
import { useMemo, useState, type ReactElement } from "react";
import { useServices } from "../services";
import { CanaryForm } from "./CanaryForm";
import { drawingOf, specOf, type Drawing } from "./useDrawing";
import { useFlowWords } from "./words";

/** What is kept of a note, characters. */
const NOTE_CHARS = 500;

/** How many nodes differ, in colours and words. */
export function Counts({ count }: { count: { added: number; removed: number; changed: number } }): ReactElement {
  const { t } = useFlowWords();
  const some = (["added", "removed", "changed"] as const).filter((sort) => count[sort] > 0);
  return (
    <span className="flow-counts">
      {some.length === 0 ? t("diff.same") : null}
      {some.map((sort) => (
        <span key={sort} className={`flow-badge diff-${sort}`}>
          {t(`diff.${sort}`, { count: count[sort] })}
        </span>
      ))}
    </span>
  );
}

interface PublishProps {
  name: string;
  drawing: Drawing;
  published: unknown;
  version: number | null;
  revision: string | null;
  close: () => void;
  /** `canary`: only a share of the callers walks it. */
  done: (version: number, canary: boolean) => void;
}

/** Lets calls walk what is drawn. */
export function PublishDialog({ name, drawing, published, version, revision, close, done }: PublishProps): ReactElement {
  const { t } = useFlowWords();
  const { flows, queries } = useServices();
  const [note, setNote] = useState("");
  const [canary, setCanary] = useState<Required<FlowCanaryWish> | null>(null);
  const difference = useMemo(() => (version === null ? null : compareFlows(drawingOf(published, name).flow, drawing.flow)), [published, name, drawing, version]);
  const publish = useMutation({
    mutationFn: () => flows.publish(name, specOf(drawing), note, revision, canary),
    onSuccess: async (answer) => {
      done(answer.version, canary !== null);
      await Promise.all([queries.invalidateQueries({ queryKey: ["flows"] }), queries.invalidateQueries({ queryKey: ["flow", name] }), queries.invalidateQueries({ queryKey: ["flow-versions", name] }), queries.invalidateQueries({ queryKey: ["flow-canary", name] })]);
    },
  });
  const error = publish.error === null ? null : toApiError(publish.error);
  return (
    <Modal
      open
      centered
      title={t("publish.title")}
      okText={t("publish.go")}
      cancelText={t("create.cancel")}
      okButtonProps={{ loading: publish.isPending, disabled: canary?.guards.length === 0 }}
      onCancel={close}
      onOk={() => {
        publish.mutate();
      }}
    >
      <p>{t(canary === null ? "publish.text" : "publish.shareText", { percent: canary?.share_percent })}</p>
      <p className="flow-publish-changes">
        {difference === null ? (
          t("publish.first")
        ) : (
          <>
            {t("publish.changes", { version })}: <Counts count={difference.count} />
          </>
        )}
      </p>
      <p>
        <Link to="/rehearsal" search={{ flow: name }}>
          {t("publish.rehearse")}
        </Link>
      </p>
      <label className="flow-field">
        <span className="flow-field-name">{t("publish.note")}</span>
        <Input.TextArea
          autoSize={{ minRows: 2, maxRows: 6 }}
          maxLength={NOTE_CHARS}
          value={note}
          placeholder={t("publish.notePlace")}
          onChange={(event) => {
            setNote(event.target.value);
          }}
        />
      </label>
      {version === null ? null : <CanaryForm wish={canary} change={setCanary} />}
      {error === null ? null : (
        <p role="alert" className="field-wrong">
          {error.code === "conflict" || error.code === "exists" ? t("publish.conflict") : t("publish.failed", { why: [error.message, ...error.problems.map((problem) => problem.message)].join(" ") })}
        </p>
      )}
    </Modal>
  );
}
