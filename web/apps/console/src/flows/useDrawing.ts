import type { FlowDetail, FlowFieldProblem, Spec } from "@lingtong/api";
import { begin, commit, emptyFlow, readFlow, redo, undo, type FlowDocument, type History, type Place } from "@lingtong/model/flow";
import { sameSpec } from "@lingtong/model";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useServices } from "../services";
import { useSettled } from "../useSettled";

/** The server is asked, and the draft kept, when nothing has changed for so long. */
const CHECK_PAUSE_MS = 350;
const SAVE_PAUSE_MS = 1_200;

/** What is drawn: the flow, and what people call it. */
export interface Drawing {
  title: { zh: string; en: string };
  flow: FlowDocument;
}

export type Saving = "published" | "saved" | "saving" | "failed" | "new";

export interface Draft {
  drawing: Drawing;
  history: History<Drawing>;
  problems: readonly FlowFieldProblem[];
  /** Unknown while nobody has answered. */
  sound: boolean | null;
  checkFailed: boolean;
  saving: Saving;
  change: (flow: FlowDocument, about?: string) => void;
  retitle: (title: Drawing["title"]) => void;
  replace: (drawing: Drawing) => void;
  undo: () => void;
  redo: () => void;
  /** The draft that was kept is what is published now. */
  settled: (version: number) => void;
}

export function drawingOf(spec: unknown, name: string): Drawing {
  const { title, definition } = (spec ?? {}) as { title?: Partial<Drawing["title"]>; definition?: unknown };
  return { title: { zh: title?.zh ?? "", en: title?.en ?? "" }, flow: readFlow(definition) ?? emptyFlow(name, name) };
}

export function specOf(drawing: Drawing): Spec {
  return { title: drawing.title, definition: drawing.flow };
}

/** The flow with every node in its place: what has none yet gets one without that being a change. */
function placed(drawing: Drawing, places: (flow: FlowDocument) => ReadonlyMap<string, Place>): Drawing {
  const known = places(drawing.flow);
  const nodes = Object.entries(drawing.flow.nodes).map(([id, node]) => [id, node.at === undefined ? { ...node, at: known.get(id) ?? ([0, 0] as const) } : node] as const);
  return { ...drawing, flow: { ...drawing.flow, nodes: Object.fromEntries(nodes) } };
}

/** What is drawn, kept as a draft and checked by the server as it goes along. */
export function useDrawing(detail: FlowDetail, places: (flow: FlowDocument) => ReadonlyMap<string, Place>, writable: boolean): Draft {
  const { flows, settings, queries } = useServices();
  const { name } = detail;
  const first = useMemo(() => placed(drawingOf(detail.draft?.spec ?? detail.spec, name), places), [detail, name, places]);
  const [history, setHistory] = useState<History<Drawing>>(() => begin(first));
  const [saving, setSaving] = useState<Saving>(detail.draft !== undefined && detail.draft !== null ? "saved" : typeof detail.version === "number" ? "published" : "new");
  const drawing = history.present;
  const kept = useRef<Drawing>(drawing);
  const base = useRef<number | null>(detail.draft?.base ?? detail.version ?? null);

  const asked = useSettled(drawing, CHECK_PAUSE_MS);
  const check = useQuery({
    queryKey: ["flow-check", name, asked, detail.revision],
    queryFn: () => settings.check("flow", name, specOf(asked), typeof detail.revision === "string" ? { revision: detail.revision } : { fresh: true }),
    enabled: writable,
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });

  const save = useCallback(
    async (wanted: Drawing): Promise<void> => {
      setSaving("saving");
      try {
        await flows.saveDraft(name, specOf(wanted), base.current);
        kept.current = wanted;
        setSaving("saved");
        await queries.invalidateQueries({ queryKey: ["flows"], exact: true });
      } catch {
        setSaving("failed");
      }
    },
    [flows, name, queries],
  );
  const settledDrawing = useSettled(drawing, SAVE_PAUSE_MS);
  useEffect(() => {
    if (writable && settledDrawing !== kept.current && !sameSpec(specOf(settledDrawing), specOf(kept.current))) void save(settledDrawing);
  }, [settledDrawing, save, writable]);
  const latest = useRef(drawing);
  useEffect(() => {
    latest.current = drawing;
  }, [drawing]);
  // Whoever leaves within the pause loses nothing.
  useEffect(
    () => () => {
      if (writable && latest.current !== kept.current && !sameSpec(specOf(latest.current), specOf(kept.current))) void flows.saveDraft(name, specOf(latest.current), base.current);
    },
    [flows, name, writable],
  );

  return {
    drawing,
    history,
    problems: check.data?.problems ?? [],
    sound: check.data === undefined ? null : check.data.ok,
    checkFailed: check.isError,
    saving,
    change: useCallback((flow, about) => {
      setHistory((before) => (flow === before.present.flow ? before : commit(before, { ...before.present, flow }, about ?? null)));
    }, []),
    retitle: useCallback((title) => {
      setHistory((before) => commit(before, { ...before.present, title }, "title"));
    }, []),
    replace: useCallback(
      (next) => {
        setHistory((before) => commit(before, placed(next, places)));
      },
      [places],
    ),
    undo: useCallback(() => {
      setHistory(undo);
    }, []),
    redo: useCallback(() => {
      setHistory(redo);
    }, []),
    settled: useCallback((version) => {
      kept.current = latest.current;
      base.current = version;
      setSaving("published");
    }, []),
  };
}
