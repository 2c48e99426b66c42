import { StopOutlined } from "@ant-design/icons";
import { toApiError, type FlowHead } from "@lingtong/api";
import { titleIn } from "@lingtong/model";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Modal, Radio, Select } from "antd";
import { useState, type ReactElement } from "react";
import { useServices } from "../services";
import { pieceText, type Bank } from "./summary";
import { useFlowWords } from "./words";

const CLOSED = "flow.closed";
const PROMPT = "flow.closed_prompt";
/** What callers hear where nobody has chosen. */
const USUAL_PROMPT = "closed_emergency";
const ALL = "all";
/** Settings whose name holds `flow.closed`: those two. */
const FEW = 10;

interface Kept {
  value: string;
  revision: string | null;
}

/** What is closed and what callers hear, and how either is changed. */
function useClosure(): { ready: boolean; closed: readonly string[]; prompt: string; put: (closed: readonly string[], prompt: string) => Promise<void> } {
  const { settings } = useServices();
  const client = useQueryClient();
  const read = async (signal: AbortSignal): Promise<{ closed: Kept; prompt: Kept }> => {
    const { items } = await settings.list("setting", { q: CLOSED, limit: FEW }, signal);
    const kept = (name: string): Kept => {
      const found = items.find((one) => one.name === name);
      const value = found?.spec["value"];
      return { value: typeof value === "string" ? value : "", revision: found?.revision ?? null };
    };
    return { closed: kept(CLOSED), prompt: kept(PROMPT) };
  };
  const key = ["settings", "setting", "closure"];
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => read(signal) });
  const write = async (name: string, kept: Kept | undefined, value: string): Promise<void> => {
    if (kept === undefined || kept.value === value) return;
    await settings.put("setting", name, { value }, kept.revision === null ? { fresh: true } : { revision: kept.revision });
  };
  const names = (query.data?.closed.value ?? "").split(",").map((name) => name.trim());
  return {
    ready: query.data !== undefined,
    closed: names.filter((name) => name !== ""),
    prompt: query.data?.prompt.value === undefined || query.data.prompt.value === "" ? USUAL_PROMPT : query.data.prompt.value,
    put: async (closed, prompt) => {
      try {
        // What callers hear first, so that nobody hears the wrong words.
        if (closed.length > 0) await write(PROMPT, query.data?.prompt, prompt);
        await write(CLOSED, query.data?.closed, closed.join(", "));
      } finally {
        await client.invalidateQueries({ queryKey: key });
      }
    },
  };
}

/** The switch that closes the centre, or some of its flows, at once. */
export function ClosureSwitch({ flows, bank, writable }: { flows: readonly FlowHead[]; bank: Bank; writable: boolean }): ReactElement | null {
  const { t, language } = useFlowWords();
  const { message } = App.useApp();
  const closure = useClosure();
  const [asking, setAsking] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([ALL]);
  const [prompt, setPrompt] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const nameOf = (name: string): string => titleIn(flows.find((flow) => flow.name === name)?.title, language) || name;
  const put = (closed: readonly string[]): void => {
    setBusy(true);
    closure
      .put(closed, prompt ?? closure.prompt)
      .then(() => { setAsking(false); })
      .catch((cause: unknown) => void message.error(t("closure.failed", { why: toApiError(cause).message })))
      .finally(() => { setBusy(false); });
  };
  if (closure.closed.length > 0) {
    const what = closure.closed.includes(ALL) ? t("closure.all") : closure.closed.map(nameOf).join(", ");
    return <Alert banner type="error" className="closure" title={t("closure.closed", { what })} action={writable ? <Button danger loading={busy} onClick={() => { put([]); }}>{t("closure.open")}</Button> : null} />;
  }
  if (!writable) return null;
  const isAll = chosen.includes(ALL);
  return (
    <>
      <Button danger icon={<StopOutlined />} disabled={!closure.ready} onClick={() => { setAsking(true); }}>
        {t("closure.button")}
      </Button>
      <Modal open={asking} title={t("closure.title")} okText={t("closure.close")} cancelText={t("create.cancel")} okButtonProps={{ danger: true, loading: busy, disabled: chosen.length === 0 }} onOk={() => { put(isAll ? [ALL] : chosen); }} onCancel={() => { setAsking(false); }}>
        <p>{t("closure.text")}</p>
        <Radio.Group value={isAll} onChange={(event) => { setChosen(event.target.value === true ? [ALL] : []); }} options={[{ value: true, label: t("closure.all") }, { value: false, label: t("closure.some") }]} />
        {isAll ? null : <Select mode="multiple" className="closure-choice" aria-label={t("closure.some")} value={[...chosen]} options={flows.map((flow) => ({ value: flow.name, label: nameOf(flow.name) }))} onChange={(next: string[]) => { setChosen(next); }} />}
        <label className="closure-label">{t("closure.prompt")}</label>
        <Select className="closure-choice" aria-label={t("closure.prompt")} showSearch={{ optionFilterProp: "label" }} value={prompt ?? closure.prompt} options={[...bank.prompts.keys()].map((id) => ({ value: id, label: pieceText(id, bank, language) }))} onChange={setPrompt} />
      </Modal>
    </>
  );
}
