import type { ApiError} from "@lingtong/api";
import { toApiError, type Me } from "@lingtong/api";
import { EmptyState, ErrorState, LocalityContext, Skeleton } from "@lingtong/ui";
import { useEffect, useMemo, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { toLogin, toPage } from "./pages";
import { createServices, openApi, serverBase, ServicesProvider, startServices, type Services } from "./services";
import { DeskShell } from "./shell/DeskShell";

type Entry = { me: Me } | { error: ApiError } | null;

function useEntry(): [Entry, () => void] {
  const [entry, setEntry] = useState<Entry>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    openApi()
      .me(abort.signal)
      .then(
        (me) => {
          // A password of one's own, or a second factor, comes first; that page leads back here.
          if (typeof me.unfinished === "string") toPage("welcome");
          else setEntry({ me });
        },
        (thrown: unknown) => {
          if (abort.signal.aborted) return;
          const error = toApiError(thrown);
          if (error.kind === "unauthorized") toLogin();
          else setEntry({ error });
        },
      );
    return () => {
      abort.abort();
    };
  }, [attempt]);
  return [
    entry,
    () => {
      setEntry(null);
      setAttempt((before) => before + 1);
    },
  ];
}

function Desk({ services }: { services: Services }): ReactElement {
  const { clock, me } = services;
  const locality = useMemo(() => ({ clock, timeZone: me.tenant.time_zone }), [clock, me.tenant.time_zone]);
  useEffect(() => startServices(services), [services]);
  return (
    <ServicesProvider value={services}>
      <LocalityContext value={locality}>
        <DeskShell />
      </LocalityContext>
    </ServicesProvider>
  );
}

/** Who is signed in decides: an agent gets the desk. */
export function App(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const [entry, retry] = useEntry();
  const me = entry !== null && "me" in entry ? entry.me : null;
  const services = useMemo(() => {
    const agentId = me?.agent_id ?? "";
    return me === null || agentId === "" ? null : createServices(me, agentId);
  }, [me]);
  if (services !== null) return <Desk services={services} />;
  if (entry !== null && "error" in entry) return <ErrorState error={entry.error} retry={retry} />;
  if (me === null) return <Skeleton rows={10} height={22} />;
  return (
    <EmptyState title={t("noAgent.title")} action={<a href={serverBase()}>{t("noAgent.home")}</a>}>
      {t("noAgent.text")}
    </EmptyState>
  );
}
