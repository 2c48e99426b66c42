import { OfflineStrip, useKeys } from "@lingtong/ui";
import { lazy, Suspense, useEffect, useRef, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { toLogin } from "../pages";
import { Stage } from "../call/Stage";
import { useAgentFace, useLivePhase, usePhone } from "../hooks";
import { serverBase, useServices } from "../services";
import { ColleaguesPanel } from "../side/ColleaguesPanel";
import { CustomerPane } from "../side/CustomerPane";
import { PhoneBar } from "./PhoneBar";
import { PhoneNotice } from "./PhoneNotice";
import { Rail } from "./Rail";
import { useRinging } from "./useRinging";
import type { DialogName } from "./dialogs";

const KeysDialog = lazy(() => import("./KeysDialog"));
const TransferDialog = lazy(() => import("../call/TransferDialog"));
const DevicesDialog = lazy(() => import("../settings/DevicesDialog"));
const ForwardingDialog = lazy(() => import("../settings/ForwardingDialog"));
const MessagesDialog = lazy(() => import("../messages/MessagesDialog"));

function Connection(): ReactElement | null {
  const { t } = useTranslation(["desk", "ui"]);
  const { live } = useServices();
  const phase = useLivePhase();
  useEffect(() => {
    if (phase === "signed_out") toLogin();
  }, [phase]);
  if (phase !== "stale" && phase !== "failed") return null;
  return (
    <OfflineStrip
      retry={() => {
        live.retry();
      }}
    >
      {t("offline")}
    </OfflineStrip>
  );
}

/** The keys of the desk; what they do is told by `?`. */
function useDeskKeys(show: (dialog: DialogName) => void, focusDial: () => void, openKeypad: () => void): void {
  const { phone, agent, orders } = useServices();
  const { mode, calls } = usePhone();
  const face = useAgentFace();
  const talking = mode === "talking" || mode === "held";
  const answer = (): void => {
    void phone.answer();
  };
  const ready = (): void => {
    if (face !== null && !face.afterCall) agent.change({ state: "ready" });
  };
  useKeys({
    "?": () => {
      show("keys");
    },
    a: answer,
    r: () => {
      phone.reject();
    },
    m: () => {
      phone.mute();
    },
    h: () => {
      if (talking) phone.hold();
    },
    t: () => {
      if (talking) show("transfer");
      else phone.completeTransfer();
    },
    s: () => {
      if (calls.length > 1) void phone.swap();
    },
    e: () => {
      if (calls.length > 1) void phone.cancelConsult();
      else if (mode !== "ringing") phone.hangUp();
    },
    c: orders.conference,
    k: orders.park,
    p: openKeypad,
    d: focusDial,
    g: ready,
    n: () => {
      agent.change({ state: "not_ready", reason: "break" });
    },
    w: () => {
      if (face?.state === "wrap_up") ready();
    },
    // Works from within a note, too.
    "mod+Enter": () => {
      if (mode === "ringing") answer();
      else if (face?.state === "wrap_up") ready();
    },
  });
}

/** What surrounds the agent's work: the phone bar on top, the rail on the left, three panes. */
export function DeskShell(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { me, api } = useServices();
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [keypad, setKeypad] = useState(false);
  const dial = useRef<HTMLInputElement>(null);
  useRinging();
  useDeskKeys(
    setDialog,
    () => {
      dial.current?.focus();
    },
    () => {
      setKeypad((open) => !open);
    },
  );
  const close = (): void => {
    setDialog(null);
  };
  return (
    <div className="shell">
      {me.tenant.demo ? <div className="demo-strip">{t("demo", { tenant: me.tenant.title })}</div> : null}
      <PhoneBar
        dial={dial}
        keypad={keypad}
        setKeypad={setKeypad}
        show={setDialog}
        signOut={() => {
          void api.logout().finally(() => {
            window.location.assign(new URL("login", serverBase()));
          });
        }}
      />
      <div className="shell-body">
        <Rail />
        <div className="shell-content">
          <div>
            <Connection />
            <PhoneNotice
              openDevices={() => {
                setDialog("devices");
              }}
            />
          </div>
          <main className="desk" aria-label={t("page.desk")}>
            <ColleaguesPanel />
            <Stage />
            <CustomerPane
              openDevices={() => {
                setDialog("devices");
              }}
              openForwarding={() => {
                setDialog("forwarding");
              }}
            />
          </main>
        </div>
      </div>
      <Suspense fallback={null}>
        {dialog === "keys" ? <KeysDialog close={close} /> : null}
        {dialog === "transfer" ? <TransferDialog close={close} /> : null}
        {dialog === "devices" ? <DevicesDialog close={close} /> : null}
        {dialog === "forwarding" ? <ForwardingDialog close={close} /> : null}
        {dialog === "messages" ? <MessagesDialog close={close} /> : null}
      </Suspense>
    </div>
  );
}
