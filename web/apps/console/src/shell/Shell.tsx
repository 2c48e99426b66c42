import { LocalityContext, OfflineStrip, useKeys } from "@lingtong/ui";
import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useRef, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { AlertNotice } from "../alerts/AlertNotice";
import { useServices } from "../services";
import { useLivePhase } from "../useLive";
import { useReturnFocus } from "../useReturnFocus";
import { useMe } from "../useMe";
import { PhoneBar } from "./PhoneBar";
import { Rail } from "./Rail";
import { useSession } from "./useSession";
import "./shell.css";

const SearchDialog = lazy(() => import("./SearchDialog"));
const KeysDialog = lazy(() => import("./KeysDialog"));

function Connection(): ReactElement | null {
  const { t } = useTranslation(["console", "ui"]);
  const { live } = useServices();
  const phase = useLivePhase();
  if (phase !== "stale") return null;
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

/** What surrounds every page: the phone bar on top, the rail on the left. */
export function Shell(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api, clock } = useServices();
  const me = useMe();
  const [dialog, setDialog] = useState<"search" | "keys" | null>(null);
  const { remember, bringBack } = useReturnFocus();
  const content = useRef<HTMLElement>(null);
  useSession();
  const locality = useMemo(() => ({ clock, timeZone: me.tenant.time_zone }), [clock, me.tenant.time_zone]);
  const show = (which: "search" | "keys"): void => {
    if (dialog === null) remember();
    setDialog(which);
  };
  const close = (): void => {
    setDialog(null);
    bringBack();
  };
  const signOut = (): void => {
    // A fresh page forgets whatever the last person saw, also when the server could not be told.
    void api.logout().finally(() => {
      window.location.assign(new URL("login", document.baseURI));
    });
  };
  useKeys({
    "mod+k": () => {
      show("search");
    },
    "?": () => {
      show("keys");
    },
  });
  return (
    <LocalityContext value={locality}>
      <div className="shell">
        <button
          type="button"
          className="skip-link"
          onClick={() => {
            content.current?.focus();
          }}
        >
          {t("skip")}
        </button>
        {me.tenant.demo ? <div className="demo-strip">{t("demo", { tenant: me.tenant.title })}</div> : null}
        <PhoneBar
          openSearch={() => {
            show("search");
          }}
          openKeys={() => {
            show("keys");
          }}
          signOut={signOut}
        />
        <div className="shell-body" id="shell-body">
          <Rail />
          <div className="shell-content">
            <Connection />
            <AlertNotice />
            <main ref={content} tabIndex={-1}>
              <Outlet />
            </main>
          </div>
        </div>
        <Suspense fallback={null}>
          {dialog === "search" ? (
            <SearchDialog
              close={close}
              signOut={signOut}
              openKeys={() => {
                setDialog("keys");
              }}
            />
          ) : null}
          {dialog === "keys" ? <KeysDialog close={close} /> : null}
        </Suspense>
      </div>
    </LocalityContext>
  );
}
