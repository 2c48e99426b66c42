import { CloseOutlined, ReloadOutlined, RollbackOutlined, SoundFilled } from "@ant-design/icons";
import { toApiError, type FlowTried, type TrialAction, type TrialEvent } from "@lingtong/api";
import { nodeName, type FlowDocument, type Step } from "@lingtong/model/flow";
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useEffect, useRef, useState, type ReactElement, type ReactNode } from "react";
import { useServices } from "../services";
import { KeyPad } from "./KeyPad";
import { pieceText, type Bank } from "./summary";
import { kindName, useFlowWords, type FlowWords } from "./words";

/** Things that happen in one try: as many as the server takes. */
const EVENTS = 200;
const QUEUE = ["answered", "agent_left", "no_agent", "full", "too_long"] as const;
const TRANSFER = ["answered", "target_left", "busy", "no_answer", "failed"] as const;
const LOOKUP = ["found", "not_found", "failed"] as const;
const MAILBOX = ["open", "full"] as const;

function eventText(t: FlowWords, event: TrialEvent): string {
  if (typeof event === "string") return t(event === "silence" ? "try.silence" : event === "played" ? "try.played" : event === "hushed" ? "try.hushed" : "try.hangup");
  if ("key" in event) return t("try.key", { key: event.key });
  if ("queue" in event) return t(`try.queue.${event.queue}`);
  if ("transfer" in event) return t(`try.transfer.${event.transfer}`);
  if ("lookup" in event) return t(`try.lookup.${event.lookup}`);
  return t(`try.mailbox.${event.mailbox}`);
}

function Said({ action, bank }: { action: TrialAction; bank: Bank }): ReactElement | null {
  const { t, language } = useFlowWords();
  if (action.does === "play") {
    const parts = (action.sounds ?? []).map((sound) => {
      if (sound.sort === "prompt") return pieceText(sound.id, bank, language);
      if (sound.sort === "music") return t("try.music", { name: sound.id });
      return sound.sort === "silence" ? t("try.quiet", { ms: sound.id }) : t("try.tone", { name: sound.id });
    });
    return (
      <p className="try-said">
        <SoundFilled aria-label={t("try.says")} /> {parts.join(" ")}
      </p>
    );
  }
  if (action.does === "stop" || action.does === "answer") return null;
  return <p className="try-done">{t(`try.does.${action.does as "queue"}`, { detail: action.detail ?? "" })}</p>;
}

/** What can happen where the flow waits. */
function choices(waiting: NonNullable<FlowTried["waiting"]>): TrialEvent[] {
  switch (waiting.kind) {
    case "queue":
      return QUEUE.map((queue) => ({ queue }));
    case "transfer":
      return TRANSFER.map((transfer) => ({ transfer }));
    case "http_lookup":
      return LOOKUP.map((lookup) => ({ lookup }));
    case "voicemail":
      return [...MAILBOX.map((mailbox): TrialEvent => ({ mailbox })), "hushed"];
    default:
      return [];
  }
}

interface TrialProps {
  flow: FlowDocument;
  bank: Bank;
  /** What the panel is headed with. */
  title: ReactNode;
  close: () => void;
  walked: (trace: readonly Step[] | null) => void;
}

/** Walks the drawing by text: what the caller hears, and keys to press. */
export function TrialPanel({ flow, bank, title, close, walked }: TrialProps): ReactElement {
  const { t, language } = useFlowWords();
  const { flows } = useServices();
  const [events, setEvents] = useState<readonly TrialEvent[]>([]);
  const [caller, setCaller] = useState("13800138000");
  const [at, setAt] = useState("");
  const moment = at === "" ? undefined : new Date(at).toISOString();
  const query = useQuery({
    queryKey: ["flow-trial", flow, events, caller, moment],
    queryFn: () => flows.attempt({ definition: flow, events, caller, ...(moment === undefined ? {} : { at: moment }) }),
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });
  const tried = query.error === null ? query.data : undefined;
  useEffect(() => {
    walked(tried?.trace ?? null);
  }, [tried, walked]);
  useEffect(
    () => () => {
      walked(null);
    },
    [walked],
  );
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [tried]);
  const happen = (event: TrialEvent): void => {
    setEvents((before) => (before.length < EVENTS ? [...before, event] : before));
  };
  const waiting = tried?.waiting ?? null;
  const node = waiting === null ? undefined : flow.nodes[waiting.node];
  const place = waiting === null ? "" : node === undefined ? waiting.node : (nodeName(node, language) ?? kindName(t, node.kind));
  const over = tried !== undefined && waiting === null;
  return (
    <>
      <header className="flow-panel-head">
        {title}
        <Button type="text" size="small" icon={<RollbackOutlined />} disabled={events.length === 0} aria-label={t("try.back")} title={t("try.back")} onClick={() => { setEvents(events.slice(0, -1)); }} />
        <Button type="text" size="small" icon={<ReloadOutlined />} aria-label={t("try.start")} title={t("try.start")} onClick={() => { setEvents([]); }} />
        <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("form.close")} onClick={close} />
      </header>
      <div className="try-with">
        <label>
          {t("try.caller")}
          <Input size="small" className="num" value={caller} onChange={(event) => { setCaller(event.target.value.replace(/[^\d+]/g, "")); }} />
        </label>
        <label>
          {t("try.at")}
          <input type="datetime-local" className="try-time" value={at} onChange={(event) => { setAt(event.target.value); }} />
        </label>
      </div>
      <div className="try-log" role="log" aria-label={t("try.title")}>
        {query.error === null ? null : (
          <p role="alert" className="field-wrong">
            {toApiError(query.error).kind === "invalid" ? t("try.wrong") : toApiError(query.error).message}
          </p>
        )}
        {(tried?.turns ?? []).map((turn, index) => {
          const event = events[index - 1];
          return (
            <div key={index} className="try-turn">
              {event === undefined ? null : <p className="try-event">{eventText(t, event)}</p>}
              {turn.actions.map((action, number) => (
                <Said key={number} action={action} bank={bank} />
              ))}
            </div>
          );
        })}
        {over ? <p className="try-over">{typeof tried.cause === "string" ? t("try.over", { cause: tried.cause }) : t("try.overCaller")}</p> : null}
        <div ref={end} />
      </div>
      <footer className="try-foot">
        {waiting === null ? null : (
          <>
            <p className="try-waiting" role="status">
              {t("try.waiting", { node: place })}
            </p>
            <div className="try-choices">
              {choices(waiting).map((event) => (
                <Button key={eventText(t, event)} size="small" onClick={() => { happen(event); }}>
                  {eventText(t, event)}
                </Button>
              ))}
              {waiting.playing ? <Button size="small" type="primary" onClick={() => { happen("played"); }}>{t("try.played")}</Button> : null}
              {waiting.timed ? <Button size="small" onClick={() => { happen("silence"); }}>{t("try.silence")}</Button> : null}
              <Button size="small" danger onClick={() => { happen("hangup"); }}>
                {t("try.hangup")}
              </Button>
            </div>
            <KeyPad outlets={node?.outlets} press={(key) => { happen({ key }); }} />
          </>
        )}
      </footer>
    </>
  );
}
