import { NOTE_CHARS, pathTo, titleIn, type DispositionNode } from "@lingtong/model";
import { Panel } from "@lingtong/ui";
import { Input } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useWork } from "../hooks";
import { useServices } from "../services";
import { useDispositions } from "../useDispositions";

interface ChipsProps {
  nodes: readonly DispositionNode[];
  chosen: string;
  label: string;
  choose: (code: string) => void;
}

function Chips({ nodes, chosen, label, choose }: ChipsProps): ReactElement {
  const { i18n } = useTranslation("desk");
  return (
    <div className="chips" role="group" aria-label={label}>
      {nodes.map((node) => (
        <button
          key={node.code}
          type="button"
          className="chip"
          aria-pressed={node.code === chosen}
          onClick={() => {
            choose(node.code);
          }}
        >
          {titleIn(node.title, i18n.language)}
        </button>
      ))}
    </div>
  );
}

/** What came of the call: a choice in a tree, and the agent's own words. Handed over by itself. */
export function NotesPanel(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { work } = useServices();
  const { draft, save } = useWork();
  const tree = useDispositions();
  const way = pathTo(tree, draft.code);
  const levels: readonly (readonly DispositionNode[])[] = [tree, ...way.map((node) => node.children)].filter((one) => one.length > 0);
  const state = (
    <span className="save-state" data-save={save} role="status">
      {t(`save.${save}`)}
      {save === "failed" ? (
        <button
          type="button"
          className="link-button"
          onClick={() => {
            work.flush();
          }}
        >
          {t("ui:retry")}
        </button>
      ) : null}
    </span>
  );
  return (
    <Panel title={t("notes.title")} extra={state} className="notes">
      <div className="notes-body">
        {levels.map((nodes, level) => (
          <Chips
            key={way[level - 1]?.code ?? ""}
            nodes={nodes}
            label={t("notes.disposition")}
            chosen={way[level]?.code ?? ""}
            choose={(code) => {
              // Chosen again, it is taken back to the level above.
              work.write({ code: code === way[level]?.code ? (way[level - 1]?.code ?? "") : code });
            }}
          />
        ))}
        <Input.TextArea
          aria-label={t("notes.note")}
          placeholder={t("notes.hint")}
          autoSize={{ minRows: 3, maxRows: 8 }}
          maxLength={NOTE_CHARS}
          value={draft.note}
          onChange={(event) => {
            work.write({ note: event.target.value });
          }}
          onBlur={() => {
            work.flush();
          }}
        />
      </div>
    </Panel>
  );
}
