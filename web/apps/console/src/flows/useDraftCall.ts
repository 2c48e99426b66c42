import { toApiError, type FlowsApi } from "@lingtong/api";
import type { FlowDocument } from "@lingtong/model/flow";
import { accountOf, OneCall, systemClock, type MediaPort, type OneCallAccount, type OneCallView } from "@lingtong/phone";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useServices } from "../services";

/** Microphone and loudspeaker as the browser chooses them. */
function mediaPort(): MediaPort {
  const element = new Audio();
  element.autoplay = true;
  // Absent where the page is not served securely, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return {
    open: () => devices?.getUserMedia({ audio: true }) ?? Promise.reject(new Error("no devices")),
    close: (stream) => {
      for (const track of stream.getTracks()) track.stop();
    },
    play: (stream) => {
      element.srcObject = stream;
      if (stream !== null) void element.play().catch(() => undefined);
    },
  };
}

/** One for all calls: a browser has few. */
let context: AudioContext | null = null;

/** A line has to carry something, also where nobody can speak. */
function silence(): MediaStream {
  context ??= new AudioContext();
  return context.createMediaStreamDestination().stream;
}

async function lend(flows: FlowsApi, flow: FlowDocument, caller: string, told: (interaction: string) => void): Promise<OneCallAccount> {
  // SIP is loaded when somebody calls: nobody waits for it to see a drawing.
  const [lent, { jssipStack }] = await Promise.all([flows.lendCall({ definition: flow, caller }), import("@lingtong/phone/jssip")]);
  told(lent.interaction_id);
  return {
    account: accountOf(lent.phone, document.baseURI, Date.now()),
    stack: jssipStack({
      sockets: (url, protocol) => new WebSocket(url, protocol) as unknown as ReturnType<Parameters<typeof jssipStack>[0]["sockets"]>,
      userAgent: "Lingtong console",
      instanceId: null,
    }),
  };
}

export interface DraftCall {
  view: OneCallView;
  /** The interaction that the newest call is; null before the first. */
  interaction: string | null;
  /** What the server said where it lent no account. */
  refused: ReturnType<typeof toApiError> | null;
  start: () => void;
  press: (key: string) => void;
  hangUp: () => void;
}

/** A call of this page into the drawing as it is when it begins; it ends with the panel. */
export function useDraftCall(flow: FlowDocument, caller: string): DraftCall {
  const { flows } = useServices();
  const wanted = useRef({ flow, caller });
  useEffect(() => {
    wanted.current = { flow, caller };
  }, [flow, caller]);
  const [interaction, setInteraction] = useState<string | null>(null);
  const [call] = useState(() => new OneCall({ clock: systemClock, media: mediaPort(), silence, lend: () => lend(flows, wanted.current.flow, wanted.current.caller, setInteraction) }));
  const view = useSyncExternalStore(call.subscribe, call.getView);
  useEffect(() => {
    const leave = (): void => {
      call.hangUp();
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [call]);
  return {
    view,
    interaction,
    refused: view.refused === null ? null : toApiError(view.refused),
    start: () => void call.start(),
    press: (key) => {
      call.press(key);
    },
    hangUp: () => {
      call.hangUp();
    },
  };
}
