import type { ResourceDetail } from "@lingtong/api";
import { KINDS, kindOf, may, type Kind } from "@lingtong/model";
import { NoPermission } from "@lingtong/ui";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { message } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { MissingPage } from "../shell/RouteStates";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { ResourceForm } from "./ResourceForm";
import { ResourceList } from "./ResourceList";
import "../list/list.css";
import "./settings.css";

/** A change can be taken back for so long. */
const UNDO_S = 12;

/** The kinds by what they are about. */
const GROUPS = [
  { id: "people", kinds: ["user", "role", "agent", "team"] },
  { id: "telephony", kinds: ["device", "trunk", "number", "route"] },
  { id: "work", kinds: ["queue", "threshold", "disposition"] },
  { id: "notice", kinds: ["mail_server", "report_schedule", "alert_subscription"] },
  { id: "centre", kinds: ["tenant", "setting", "secret", "database"] },
] as const;

export function KindNav(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <nav className="settings-nav" aria-label={t("page.settings")}>
      {GROUPS.map((group) => (
        <section key={group.id}>
          <h2>{t(`settings.group.${group.id}`)}</h2>
          {group.kinds.map((id) => (
            <Link key={id} to="/settings/$kind" params={{ kind: id }} className="settings-kind" activeProps={{ className: "settings-kind active" }} activeOptions={{ includeSearch: false }}>
              {t(`settings.kinds.${id}`)}
            </Link>
          ))}
        </section>
      ))}
      <Link to="/settings/deliveries" className="settings-kind" activeProps={{ className: "settings-kind active" }}>
        {t("deliveries.title")}
      </Link>
    </nav>
  );
}

interface Step {
  name: string;
  /** What was done, in words. */
  told: string;
  /** Takes it back; null where that can't be. */
  back: (() => Promise<unknown>) | null;
  /** What is to be known when it is taken back: a password does not come back. */
  undone: string;
}

/** Tells what was done, and offers to take it back. */
function useTold(): [(step: Step) => void, ReactElement] {
  const { t } = useTranslation(["console", "ui"]);
  const { queries } = useServices();
  const [toast, holder] = message.useMessage();
  const undo = async ({ name, back, undone }: Step): Promise<void> => {
    toast.destroy(name);
    try {
      await back?.();
      void toast.success(undone);
    } catch {
      void toast.error(t("settings.delete.notUndone", { name }));
    }
    await queries.invalidateQueries({ queryKey: ["settings"] });
  };
  const tell = (step: Step): void => {
    if (step.back === null) {
      void toast.success(step.told);
      return;
    }
    const content = (
      <span role="status">
        {step.told}{" "}
        <button type="button" className="link-button" onClick={() => void undo(step)}>
          {t("settings.delete.undo")}
        </button>
      </span>
    );
    void toast.open({ key: step.name, type: "success", duration: UNDO_S, content });
  };
  return [tell, holder];
}

function KindPage({ kind }: { kind: Kind }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  const navigate = useNavigate();
  const { open, add } = useSearch({ from: "/shell/settings/$kind" });
  const { settings, queries } = useServices();
  const [tell, holder] = useTold();
  useTitle(t(`settings.kinds.${kind.id}`));
  const allowed = may(me, kind.writes);
  const go = (search: { open?: string; add?: true }): void => {
    void navigate({ to: "/settings/$kind", params: { kind: kind.id }, search });
  };
  const remove = async ({ kind: id, name, spec, revision, secrets_set: secrets }: ResourceDetail): Promise<void> => {
    await settings.remove(id, name, revision);
    await navigate({ to: "/settings/$kind", params: { kind: kind.id }, search: {} });
    await queries.invalidateQueries({ queryKey: ["settings"] });
    tell({
      name,
      told: t("settings.delete.done", { name }),
      back: () => settings.put(id, name, spec, { fresh: true }),
      undone: t((secrets ?? []).length > 0 ? "settings.secretUnsaid" : "settings.delete.undone", { name }),
    });
  };
  const shown = open !== undefined || add === true;
  return (
    <div className="settings-body" data-open={shown}>
      {holder}
      <ResourceList
        kind={kind}
        open={open}
        add={
          allowed && kind.single !== true
            ? () => {
                go({ add: true });
              }
            : null
        }
      />
      {shown ? (
        <ResourceForm
          key={`${kind.id}/${open ?? ""}`}
          kind={kind}
          name={open ?? null}
          may={allowed}
          remove={remove}
          saved={(resource, before, secret) => {
            const { kind: id, name, revision } = resource;
            const told = t("settings.saved", { name });
            tell({
              name,
              told: secret ? `${told} ${t("settings.secretStays")}` : told,
              back: before && (() => settings.put(id, name, before.spec, { revision })),
              undone: t(secret ? "settings.secretStayed" : "settings.delete.undone", { name }),
            });
            go({ open: name });
          }}
          close={() => {
            go({});
          }}
        />
      ) : null}
    </div>
  );
}

/** Everything that makes up the centre: kinds on the left, a list, and a form beside it. */
export function SettingsPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  const { kind: id } = useParams({ from: "/shell/settings/$kind" });
  const kind = kindOf(id);
  if (!may(me, "settings.read")) return <NoPermission />;
  if (kind === undefined || !KINDS.includes(kind)) return <MissingPage />;
  return (
    <div className="page settings-page">
      <h1 className="sr-only">{t("page.settings")}</h1>
      <KindNav />
      <KindPage key={kind.id} kind={kind} />
    </div>
  );
}
