import { toApiError, type FlowDetail, type FlowHead, type InteractionDetail } from "@lingtong/api";
import { may, titleIn } from "@lingtong/model";
import {
  addNode,
  addNote,
  changeNote,
  connect,
  findNodes,
  layOut,
  moveNodes,
  newNode,
  NODE_WIDTH,
  notesOf,
  pastePart,
  readFlow,
  readPart,
  removeNodes,
  removeNotes,
  type FlowDocument,
  type Place,
  type Step,
} from "@lingtong/model/flow";
import { useKeys } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useReactFlow } from "@xyflow/react";
import { App, Button, message } from "antd";
import { useCallback, useMemo, useRef, useState, type ReactElement } from "react";
import { useServices } from "../services";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { CanaryPanel } from "./CanaryPanel";
import { Canvas, NEW_NOTE_SIZE, NOTHING, type Selection, type Wish } from "./Canvas";
import { FindBox } from "./FindBox";
import { HeatPanel, type HeatChoice } from "./HeatPanel";
import { readFile, writeFile } from "./files";
import { LitPanel } from "./LitPanel";
import { NodePanel } from "./NodePanel";
import { Palette } from "./Palette";
import { ProblemBar } from "./ProblemBar";
import { Counts, PublishDialog } from "./PublishDialog";
import { FlowPanel, NotePanel, SeveralPanel } from "./SidePanels";
import { Toolbar } from "./Toolbar";
import { TryPanel } from "./TryPanel";
import { copyOf, useClipboard } from "./useClipboard";
import { drawingOf, useDrawing } from "./useDrawing";
import type { Forms } from "./useForms";
import { useHeat } from "./useHeat";
import { useLook } from "./useLook";
import { VersionsDrawer, type Look } from "./VersionsDrawer";
import { kindName, useFlowWords } from "./words";

interface DesignerProps {
  detail: FlowDetail;
  forms: Forms;
  interaction: InteractionDetail | null;
}

/** Where a new node goes when nobody says where: right of what is selected, else into the middle. */
const BESIDE = NODE_WIDTH + 80;

/** How often it is looked whether a version for a share of the callers has begun or ended, milliseconds. */
const LIST_EVERY_MS = 10_000;

/** The drawing with all that belongs to it. */
export function Designer({ detail, forms, interaction }: DesignerProps): ReactElement {
  const { t, language } = useFlowWords();
  const { name } = detail;
  const { flows: api, settings, queries } = useServices();
  const me = useMe();
  const navigate = useNavigate();
  const { screenToFlowPosition } = useReactFlow();
  const { modal } = App.useApp();
  const [toast, holder] = message.useMessage();
  const allowed = may(me, "settings.write");
  const draft = useDrawing(detail, forms.places, allowed);
  const { drawing, change } = draft;
  const { flow } = drawing;
  const list = useQuery({ queryKey: ["flows"], refetchInterval: LIST_EVERY_MS, queryFn: ({ signal }) => api.list(signal) });
  const head: FlowHead | undefined = list.data?.find((one) => one.name === name);
  const canary = head?.canary ?? null;
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [wish, setWish] = useState<Wish | null>(null);
  const [finding, setFinding] = useState(false);
  const [text, setText] = useState("");
  const [dialog, setDialog] = useState<"publish" | "versions" | null>(null);
  const [trying, setTrying] = useState(false);
  const [tried, setTried] = useState<readonly Step[] | null>(null);
  const [look, setLook] = useState<Look | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const version = detail.version ?? null;
  const [heating, setHeating] = useState<HeatChoice | null>(null);
  const heat = useHeat(name, heating);
  const looked = useMemo((): Look | null => (heating === null ? look : { version: heating.version, way: "view" }), [heating, look]);
  const shown = useLook({ name, drawn: flow, version, look: looked, interaction, tried: trying ? tried : null });
  const writable = allowed && shown.editing;
  const title = titleIn(drawing.title, language) || name;
  useTitle(title);

  const turn = useRef(0);
  const show = useCallback((ids: readonly string[], zoom = true) => {
    turn.current += 1;
    setWish({ ids, turn: turn.current, zoom });
  }, []);
  const go = useCallback((id: string) => {
    show([id]);
  }, [show]);
  const found = useMemo(() => (finding ? findNodes(shown.flow, text, language, (kind) => kindName(t, kind)) : []), [finding, shown.flow, text, language, t]);
  const foundSet = useMemo(() => new Set(found), [found]);
  const counts = useMemo(() => {
    const map = new Map<string, number>();
    if (!shown.editing) return map;
    for (const problem of draft.problems) {
      const id = problem.flow?.node;
      if (typeof id === "string") map.set(id, (map.get(id) ?? 0) + 1);
    }
    return map;
  }, [draft.problems, shown.editing]);

  const middle = (): Place => {
    const box = area.current?.getBoundingClientRect();
    const { x, y } = screenToFlowPosition({ x: (box?.left ?? 0) + (box?.width ?? 0) / 2, y: (box?.top ?? 0) + (box?.height ?? 0) / 2 });
    return [x - NODE_WIDTH / 2, y - 40];
  };
  const put = (kind: string, at?: Place): void => {
    const form = forms.byName.get(kind);
    if (form === undefined || !writable) return;
    const [only] = selection.nodes.size === 1 ? [...selection.nodes] : [];
    const from = only === undefined ? undefined : flow.nodes[only];
    const place = at ?? (from?.at === undefined ? middle() : [from.at[0] + BESIDE, from.at[1]] as const);
    const next = addNode(flow, kind, newNode(form), place);
    // Put there by the keyboard, it follows the selected node's first way that leads nowhere yet.
    const outlet = at !== undefined || from === undefined ? undefined : forms.byName.get(from.kind)?.required.concat(forms.byName.get(from.kind)?.optional ?? []).find((one) => from.outlets?.[one] === undefined);
    change(outlet === undefined || only === undefined ? next.flow : connect(next.flow, only, outlet, next.id));
    show([next.id], false);
  };
  const remove = (): void => {
    if (!writable) return;
    if (selection.edge !== null && selection.nodes.size === 0) {
      const dot = selection.edge.lastIndexOf(".");
      change(connect(flow, selection.edge.slice(0, dot), selection.edge.slice(dot + 1), undefined));
      return;
    }
    change(removeNotes(removeNodes(flow, selection.nodes), selection.notes));
  };
  const duplicate = (): void => {
    const part = readPart(copyOf(flow, selection));
    if (part === null || !writable) return;
    const next = pastePart(flow, part);
    change(next.flow);
    show(next.ids, false);
  };
  const move = useCallback(
    (nodes: ReadonlyMap<string, Place>, notes: ReadonlyMap<number, Place>) => {
      let next: FlowDocument = moveNodes(flow, nodes);
      for (const [index, at] of notes) if (notesOf(next)[index]?.at.join() !== at.join()) next = changeNote(next, index, { at });
      change(next, "move");
    },
    [flow, change],
  );
  const sticky = (): void => {
    const index = notesOf(flow).length;
    change(addNote(flow, { at: middle(), size: NEW_NOTE_SIZE, text: t("form.note"), colour: "yellow" }));
    show([`note:${String(index)}`], false);
  };
  const arrange = (): void => {
    change(moveNodes(flow, layOut(flow, forms.byName)));
    show([], true);
  };
  useClipboard({
    flow,
    selection,
    writable,
    change,
    copied: (count) => void toast.info(t("canvas.copied", { count }), 1.5),
    pasted: (ids) => {
      show(ids, false);
    },
  });
  const keysOf = (action: () => void) => () => {
    if (writable) action();
  };
  useKeys({
    "mod+z": keysOf(draft.undo),
    "mod+y": keysOf(draft.redo),
    "mod+shift+z": keysOf(draft.redo),
    "mod+f": () => {
      setFinding(true);
    },
    "mod+d": duplicate,
    "mod+a": () => {
      show([...Object.keys(flow.nodes), ...notesOf(flow).map((_, index) => `note:${String(index)}`)], false);
    },
    Delete: remove,
    Backspace: remove,
    Escape: () => {
      setFinding(false);
      show([], false);
    },
  });

  const restore = async (wanted: number): Promise<void> => {
    const old = await api.version(name, wanted);
    const definition = readFlow(old.definition);
    if (definition !== null) draft.replace({ ...drawing, flow: definition });
    setDialog(null);
    setLook(null);
    void toast.success(t("versions.restored", { version: wanted }));
  };
  const drop = (): void => {
    void modal.confirm({
      title: t("bar.dropSure"),
      okText: t("bar.drop"),
      cancelText: t("bar.keep"),
      onOk: async () => {
        await api.dropDraft(name).catch(() => undefined);
        await queries.invalidateQueries({ queryKey: ["flows"] });
        if (version === null) await navigate({ to: "/flows" });
        else {
          draft.replace(drawingOf(detail.spec, name));
          draft.settled(version);
        }
      },
    });
  };
  const removeFlow = (): void => {
    void modal.confirm({
      title: t("bar.deleteSure"),
      content: t("bar.deleteText"),
      okText: t("bar.delete"),
      cancelText: t("bar.keep"),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          const { revision } = await settings.get("flow", name);
          await settings.remove("flow", name, revision);
        } catch (error) {
          const { message: said, problems } = toApiError(error);
          void toast.error([said, ...problems.map((problem) => problem.message)].join(" "), 8);
          return;
        }
        await queries.invalidateQueries({ queryKey: ["flows"] });
        await navigate({ to: "/flows" });
      },
    });
  };
  const menu = {
    items: [
      { key: "json", label: t("bar.exportJson") },
      { key: "yaml", label: t("bar.exportYaml") },
      ...(writable ? [{ key: "import", label: t("bar.import") }, { key: "drop", label: t("bar.dropDraft"), disabled: draft.saving === "published" }] : []),
      ...(writable && version !== null ? [{ key: "delete", label: t("bar.delete"), danger: true }] : []),
    ],
    onClick: ({ key }: { key: string }) => {
      if (key === "json" || key === "yaml") void writeFile(drawing, key);
      else if (key === "import") picker.current?.click();
      else if (key === "drop") drop();
      else removeFlow();
    },
  };
  const close = (): void => {
    show([], false);
  };
  const leave = (): void => {
    setLook(null);
    if (interaction !== null) void navigate({ to: "/flows/$name", params: { name }, search: {} });
  };
  const [node] = [...selection.nodes];
  const [note] = [...selection.notes];
  const panelProps = { flow: shown.flow, forms: forms.byName, bank: forms.bank, flows: (list.data ?? []).map((one) => one.name).filter((one) => one !== name), writable, problems: shown.editing ? draft.problems : [], change };
  const panel = (): ReactElement => {
    if (heating !== null && selection.nodes.size === 0) return <HeatPanel flow={shown.flow} choice={heating} versions={heat.versions} query={heat.query} choose={setHeating} go={go} close={() => { setHeating(null); }} />;
    if (trying) return <TryPanel flow={flow} bank={forms.bank} mayCall={allowed} walked={setTried} go={go} close={() => { setTrying(false); }} />;
    if (interaction !== null && look === null && selection.nodes.size === 0) return <LitPanel flow={shown.flow} interaction={interaction} version={shown.walked} go={go} close={leave} />;
    if (selection.nodes.size + selection.notes.size > 1) return <SeveralPanel count={selection.nodes.size + selection.notes.size} />;
    if (node !== undefined && shown.flow.nodes[node] !== undefined) return <NodePanel {...panelProps} key={node} id={node} close={close} remove={remove} duplicate={duplicate} renamed={(id) => { show([id], false); }} />;
    if (note !== undefined) return <NotePanel {...panelProps} index={note} close={close} remove={remove} />;
    return (
      <>
        {canary === null ? null : <CanaryPanel name={name} writable={allowed} />}
        <FlowPanel drawing={drawing} head={head} writable={writable} change={change} retitle={draft.retitle} />
      </>
    );
  };
  return (
    <div className="flow-page">
      {holder}
      <Toolbar
        title={title}
        name={name}
        version={version}
        canary={canary}
        saving={draft.saving}
        writable={writable}
        canUndo={writable && draft.history.past.length > 0}
        canRedo={writable && draft.history.future.length > 0}
        sound={draft.sound === true}
        trying={trying}
        menu={menu}
        undo={draft.undo}
        redo={draft.redo}
        layOut={arrange}
        note={sticky}
        find={() => { setFinding(true); }}
        attempt={() => { setTrying(!trying); setHeating(null); }}
        heating={heating !== null}
        heat={may(me, "interactions.read_all") ? () => { setHeating(heating === null ? { days: 7, version: version ?? 1 } : null); setTrying(false); setLook(null); } : null}
        versions={() => { setDialog("versions"); setHeating(null); }}
        publish={() => { setDialog("publish"); }}
      />
      <div className={`flow-body ${writable ? "" : "reading"}`}>
        {writable ? <Palette kinds={forms.kinds} add={put} /> : null}
        <div className="flow-middle" ref={area}>
          {look === null ? null : (
            <div className="flow-strip" role="status">
              {t(look.way === "view" ? "versions.viewing" : "versions.comparing", { version: look.version })}
              {shown.difference === null ? null : <Counts count={shown.difference.count} />}
              <Button size="small" onClick={leave}>
                {t("versions.leave")}
              </Button>
            </div>
          )}
          {finding ? <FindBox text={text} found={found} look={setText} go={go} close={() => { setFinding(false); }} /> : null}
          <Canvas flow={shown.flow} forms={forms.byName} bank={forms.bank} problems={counts} path={shown.path} difference={shown.difference} heat={heat.map} found={foundSet} writable={writable} wish={wish} select={setSelection} change={change} move={move} drop={put} />
          {shown.editing && allowed ? <ProblemBar flow={flow} problems={draft.problems} sound={draft.sound} failed={draft.checkFailed} go={go} /> : null}
        </div>
        <aside className="flow-panel" aria-label={t("form.node")}>
          {panel()}
        </aside>
      </div>
      <input
        ref={picker}
        hidden
        type="file"
        accept=".json,.yaml,.yml"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file === undefined) return;
          void readFile(file, name).then((read) => {
            if (read === null) void toast.error(t("create.importWrong"));
            else draft.replace(read);
          });
        }}
      />
      {dialog === "publish" ? (
        <PublishDialog
          name={name}
          drawing={drawing}
          published={detail.spec}
          version={version}
          revision={detail.revision ?? null}
          close={() => { setDialog(null); }}
          done={(made, share) => {
            setDialog(null);
            draft.settled(made);
            void toast.success(t(share ? "publish.doneShare" : "publish.done", { version: made }));
          }}
        />
      ) : null}
      {dialog === "versions" ? <VersionsDrawer name={name} writable={allowed} close={() => { setDialog(null); }} look={(next) => { setLook(next); setDialog(null); setTrying(false); }} restore={(wanted) => void restore(wanted)} /> : null}
    </div>
  );
}
