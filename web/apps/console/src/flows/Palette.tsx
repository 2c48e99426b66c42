import type { KindForm } from "@lingtong/model/flow";
import { Input } from "antd";
import { useState, type ReactElement } from "react";
import { GROUPS, lookOf } from "./looks";
import { kindAbout, kindName, useFlowWords } from "./words";

/** What is dragged from here says so. */
export const DRAG_TYPE = "application/x-lingtong-node";

interface PaletteProps {
  kinds: readonly KindForm[];
  add: (kind: string) => void;
}

/** The kinds of nodes by what they are for; dragged to the canvas, or put there by Enter. */
export function Palette({ kinds, add }: PaletteProps): ReactElement {
  const { t } = useFlowWords();
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const fits = (kind: string): boolean => [kind, kindName(t, kind), kindAbout(t, kind)].some((text) => text.toLowerCase().includes(wanted));
  const shown = kinds.filter((form) => fits(form.kind));
  return (
    <aside className="flow-palette" aria-label={t("palette.title")}>
      <Input
        allowClear
        size="small"
        value={search}
        placeholder={t("palette.search")}
        aria-label={t("palette.search")}
        onChange={(event) => {
          setSearch(event.target.value);
        }}
        onPressEnter={() => {
          const [first] = shown;
          if (first !== undefined) add(first.kind);
        }}
      />
      <div className="flow-palette-list">
        {GROUPS.map((group) => {
          const inGroup = shown.filter((form) => lookOf(form.kind).group === group);
          return inGroup.length === 0 ? null : (
            <section key={group}>
              <h3>{t(`palette.group.${group}`)}</h3>
              {inGroup.map(({ kind }) => (
                <button
                  key={kind}
                  type="button"
                  draggable
                  className={`flow-kind group-${group}`}
                  title={kindAbout(t, kind)}
                  onDragStart={(event) => {
                    event.dataTransfer.setData(DRAG_TYPE, kind);
                    event.dataTransfer.effectAllowed = "copy";
                  }}
                  onClick={() => {
                    add(kind);
                  }}
                >
                  <span className="flow-icon" aria-hidden="true">
                    {lookOf(kind).icon}
                  </span>
                  <span>{kindName(t, kind)}</span>
                </button>
              ))}
            </section>
          );
        })}
        {shown.length === 0 ? <p className="faint">{t("palette.none")}</p> : null}
      </div>
      <p className="flow-palette-hint">{t("palette.hint")}</p>
    </aside>
  );
}
