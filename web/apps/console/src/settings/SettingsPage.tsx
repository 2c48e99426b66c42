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
import "../interactions/interactions.css";
import "./settings.css";

/** A deletion can be taken back for so long. */
const UNDO_S = 12;

/** The kinds by what they are about. */
const GROUPS = [
  { id: "people", kinds: ["user", "role", "agent", "team"] },
  { id: "telephony", kinds: ["device", "trunk", "number", "route"] },
  { id: "work", kinds: ["queue", "disposition"] },
  { id: "centre", kinds: ["tenant", "setting"] },
] as const;

function KindNav(): ReactElement {
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
    </nav>
  );
}

/** Deletes, and offers to take it back. */
function useRemoval(kind: Kind): [(resource: ResourceDetail) => Promise<void>, ReactElement] {
  const { t } = useTranslation(["console", "ui"]);
  const { settings, queries } = useServices();
  const navigate = useNavigate();
  const [toast, holder] = message.useMessage();
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: ["settings"] });
  const undo = async (resource: ResourceDetail, key: string): Promise<void> => {
    toast.destroy(key);
    try {
      await settings.put(resource.kind, resource.name, resource.spec, { fresh: true });
      void toast.success(t("settings.delete.undone", { name: resource.name }));
    } catch {
      void toast.error(t("settings.delete.notUndone", { name: resource.name }));
    }
    await refresh();
  };
  const remove = async (resource: ResourceDetail): Promise<void> => {
    await settings.remove(resource.kind, resource.name, resource.revision);
    await navigate({ to: "/settings/$kind", params: { kind: kind.id }, search: {} });
    await refresh();
    const key = `${resource.kind}/${resource.name}`;
    void toast.open({
      key,
      type: "info",
      duration: UNDO_S,
      content: (
        <span role="status">
          {t("settings.delete.done", { name: resource.name })}{" "}
          <button type="button" className="link-button" onClick={() => void undo(resource, key)}>
            {t("settings.delete.undo")}
          </button>
        </span>
      ),
    });
  };
  return [remove, holder];
}

function KindPage({ kind }: { kind: Kind }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  const navigate = useNavigate();
  const { open, add } = useSearch({ from: "/shell/settings/$kind" });
  const [remove, holder] = useRemoval(kind);
  const [toast, told] = message.useMessage();
  useTitle(t(`settings.kinds.${kind.id}`));
  const allowed = may(me, kind.writes);
  const go = (search: { open?: string; add?: true }): void => {
    void navigate({ to: "/settings/$kind", params: { kind: kind.id }, search });
  };
  const shown = open !== undefined || add === true;
  return (
    <div className="settings-body" data-open={shown}>
      {holder}
      {told}
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
          saved={(resource) => {
            void toast.success(t("settings.saved", { name: resource.name }));
            go({ open: resource.name });
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
