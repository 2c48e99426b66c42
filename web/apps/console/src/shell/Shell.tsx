import { LocalityContext, OfflineStrip, useKeys } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { meQuery, useServices } from "../services";
import { useLivePhase } from "../useLive";
import { useReturnFocus } from "../useReturnFocus";
import { useMe } from "../useMe";
import { PhoneBar } from "./PhoneBar";
import { Rail } from "./Rail";
import "./shell.css";

const SearchDialog = lazy(() => import("./SearchDialog"));
const KeysDialog = lazy(() => import("./KeysDialog"));

/** Keeps the live board running while someone is signed in, and sends them to the login when the session ends. */
function useSession(): void {
  const { api, live, queries } = useServices();
  const navigate = useNavigate();
  const router = useRouter();
  const { data } = useQuery(meQuery(api));
  const phase = useLivePhase();
  useEffect(() => {
    live.start();
    const online = (): void => {
      live.retry();
    };
    window.addEventListener("online", online);
    return () => {
      window.removeEventListener("online", online);
      live.stop();
    };
  }, [live]);
  const ended = data === null || phase === "signed_out";
  useEffect(() => {
    if (!ended) return;
    queries.setQueryData(["me"], null);
    // Read at this moment and not followed: the way to the login is itself a change of place.
    const next = router.latestLocation.href;
    void navigate({ to: "/login", search: { next }, replace: true });
  }, [ended, navigate, queries, router]);
}

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
