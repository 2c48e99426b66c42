import { PlusOutlined, RedoOutlined, UndoOutlined } from "@ant-design/icons";
import { toApiError, type Dashboard } from "@lingtong/api";
import { TILE_KINDS } from "@lingtong/model/dashboard";
import { EmptyState, Panel, useKeys } from "@lingtong/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Dropdown, Input } from "antd";
import { useRef, type ReactElement } from "react";
import { useServices } from "../services";
import { UnsavedGuard } from "../UnsavedGuard";
import { NAME_LETTERS, BOARDS_KEY } from "./boards";
import { EditGrid } from "./EditGrid";
import { TileForm } from "./TileForm";
import { useEditor, type Editor } from "./useEditor";
import { useBoardWords } from "./words";

function AddTile({ editor }: { editor: Editor }): ReactElement {
  const { t } = useBoardWords();
  const items = TILE_KINDS.map((kind) => ({
    key: kind,
    label: (
      <span className="tile-choice">
        <b>{t(`kind.${kind}`)}</b>
        <span>{t(`about.${kind}`)}</span>
      </span>
    ),
    onClick: () => {
      editor.add(kind);
    },
  }));
  return (
    <Dropdown trigger={["click"]} menu={{ items }} disabled={editor.isFull}>
      <Button icon={<PlusOutlined />} title={editor.isFull ? t("full") : undefined}>
        {t("add")}
      </Button>
    </Dropdown>
  );
}

/** A dashboard that is composed; nobody else sees it before it is saved. */
export function BoardEditor({ board, done }: { board: Dashboard; done: () => void }): ReactElement {
  const { t } = useBoardWords();
  const { reports } = useServices();
  const queries = useQueryClient();
  const editor = useEditor(board);
  const { draft, chosen } = editor;
  const left = useRef(false);
  const save = useMutation({
    mutationFn: () => reports.changeDashboard(board.id, { name: draft.name.trim(), shared: draft.shared, tiles: [...draft.tiles] }),
    onSuccess: async () => {
      left.current = true;
      await queries.invalidateQueries({ queryKey: BOARDS_KEY });
      done();
    },
  });
  const named = draft.name.trim() !== "";
  useKeys({
    "mod+s": () => {
      if (named) save.mutate();
    },
    "mod+z": () => {
      editor.undo?.();
    },
    "mod+y": () => {
      editor.redo?.();
    },
    Escape: () => {
      editor.choose(null);
    },
  });
  const tile = chosen === null ? undefined : draft.tiles[chosen];
  return (
    <div className="page board-page">
      <UnsavedGuard dirty={editor.dirty} done={left} />
      <header className="board-head board-head-editing">
        <Input
          className="board-name"
          maxLength={NAME_LETTERS}
          aria-label={t("name")}
          status={named ? "" : "error"}
          value={draft.name}
          onChange={(event) => {
            editor.change({ name: event.target.value }, "name");
          }}
        />
        <Checkbox
          checked={draft.shared}
          onChange={(event) => {
            editor.change({ shared: event.target.checked });
          }}
        >
          {t("share")}
        </Checkbox>
        <span className="board-tools">
          <AddTile editor={editor} />
          <Button icon={<UndoOutlined />} aria-label={t("undo")} title={t("undo")} disabled={editor.undo === null} onClick={() => editor.undo?.()} />
          <Button icon={<RedoOutlined />} aria-label={t("redo")} title={t("redo")} disabled={editor.redo === null} onClick={() => editor.redo?.()} />
          <Button
            onClick={() => {
              left.current = true;
              done();
            }}
          >
            {t("cancel")}
          </Button>
          <Button
            type="primary"
            disabled={!named}
            loading={save.isPending}
            onClick={() => {
              save.mutate();
            }}
          >
            {t("save")}
          </Button>
        </span>
      </header>
      {save.error === null ? null : <Alert type="error" showIcon role="alert" title={toApiError(save.error).message} />}
      <div className="board-editor" data-form={tile !== undefined}>
        {draft.tiles.length === 0 ? (
          <Panel>
            <EmptyState title={t("noTiles")} action={<AddTile editor={editor} />}>
              {t("noTilesText")}
            </EmptyState>
          </Panel>
        ) : (
          <EditGrid editor={editor} />
        )}
        {tile === undefined || chosen === null ? null : <TileForm key={chosen} editor={editor} tile={tile} at={chosen} />}
      </div>
      <p className="faint board-hint">{t("hint")}</p>
    </div>
  );
}
