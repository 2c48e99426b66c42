import type { Resource } from "@lingtong/api";
import type { AgentRouting, Field } from "@lingtong/model";
import { skillRows, titleIn } from "@lingtong/model";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

/** Names that a cell shows before it only counts the rest. */
const SHOWN = 3;

/** A field's value as a list shows it: short, in one line. */
export function Cell({ field, resource }: { field: Field; resource: Resource }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const value = resource.spec[field.path];
  const nothing = <span className="faint">–</span>;
  switch (field.type) {
    case "title": {
      const title = value as { zh?: string; en?: string } | undefined;
      return <>{titleIn({ zh: title?.zh ?? "", en: title?.en ?? "" }, i18n.language) || nothing}</>;
    }
    case "switch": {
      const on = typeof value === "boolean" ? value : field.fallback;
      if (field.word === "disabled") return on ? <span className="cell-off">{t("settings.disabled")}</span> : <>{t("settings.enabled")}</>;
      return <>{t(on ? "settings.on" : "settings.off")}</>;
    }
    case "choice":
      return <>{t(`settings.choice.${(value as typeof field.fallback | undefined) ?? field.fallback}`)}</>;
    case "target": {
      const [kind, name] = Object.entries((value ?? {}) as Record<string, string>)[0] ?? [];
      if (kind === undefined) return nothing;
      return (
        <>
          <span className="faint">{t(`settings.target.${kind as "queue"}`)}</span> {name}
        </>
      );
    }
    case "callback":
      return <>{t(value === undefined ? "settings.off" : "settings.on")}</>;
    case "routing":
      return <span className="num">{skillRows((value as AgentRouting | undefined)?.skills).length}</span>;
    case "rows":
    case "permissions":
      return <span className="num">{Array.isArray(value) ? value.length : 0}</span>;
    case "roles":
    case "refs":
    case "choices":
    case "texts": {
      const names = Array.isArray(value) ? value.map(String) : [];
      if (names.length === 0) return nothing;
      const shown = names.slice(0, SHOWN).map((name) => {
        if (field.type === "choices") return t(`settings.choice.${name as "zh"}`, name);
        return field.type === "roles" ? t(`role.${name as "agent"}`, name) : name;
      });
      const rest = names.length - shown.length;
      return (
        <span title={names.join(", ")}>
          {shown.join(", ")}
          {rest > 0 ? <span className="faint"> +{rest}</span> : null}
        </span>
      );
    }
    case "number":
      return <span className="num">{typeof value === "number" ? value : (field.fallback ?? "–")}</span>;
    case "secret":
    case "ref":
    case "text":
    case "value":
      if (Array.isArray(value)) return <>{value.join(", ")}</>;
      return typeof value === "string" || typeof value === "number" ? <>{value}</> : nothing;
  }
}
