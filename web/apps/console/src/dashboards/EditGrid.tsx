import { ArrowLeftOutlined, ArrowRightOutlined, CompressOutlined, DeleteOutlined, ExpandOutlined, VerticalAlignBottomOutlined, VerticalAlignTopOutlined } from "@ant-design/icons";
import type { Tile } from "@lingtong/api";
import { HEIGHTS, kindOfTile, WIDTHS } from "@lingtong/model/dashboard";
import { useState, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import { TileBody } from "./TileBody";
import { GRID_STYLE, placeOf } from "./TileGrid";
import type { Editor } from "./useEditor";
import { useBoardWords, useTileTitle } from "./words";

interface ToolProps {
  label: string;
  icon: ReactNode;
  off?: boolean;
  act: () => void;
}

function Tool({ label, icon, off = false, act }: ToolProps): ReactElement {
  return (
    <button type="button" className="icon-button tile-tool" aria-label={label} title={label} disabled={off} onClick={act}>
      {icon}
    </button>
  );
}

function Tools({ editor, tile, at }: { editor: Editor; tile: Tile; at: number }): ReactElement {
  const { t } = useBoardWords();
  const last = editor.draft.tiles.length - 1;
  return (
    <div className="tile-tools" role="toolbar" aria-label={t("tools")}>
      <Tool label={t("tool.earlier")} icon={<ArrowLeftOutlined />} off={at === 0} act={() => { editor.move(at, at - 1); }} />
      <Tool label={t("tool.later")} icon={<ArrowRightOutlined />} off={at === last} act={() => { editor.move(at, at + 1); }} />
      <Tool label={t("tool.narrower")} icon={<CompressOutlined />} off={tile.width <= WIDTHS.least} act={() => { editor.resize(at, -1, 0); }} />
      <Tool label={t("tool.wider")} icon={<ExpandOutlined />} off={tile.width >= WIDTHS.most} act={() => { editor.resize(at, 1, 0); }} />
      <Tool label={t("tool.lower")} icon={<VerticalAlignTopOutlined />} off={tile.height <= HEIGHTS.least} act={() => { editor.resize(at, 0, -1); }} />
      <Tool label={t("tool.higher")} icon={<VerticalAlignBottomOutlined />} off={tile.height >= HEIGHTS.most} act={() => { editor.resize(at, 0, 1); }} />
      <Tool label={t("tool.remove")} icon={<DeleteOutlined />} act={() => { editor.remove(at); }} />
    </div>
  );
}

/** What the arrow keys do with a tile: with Alt they move it, with Shift they change its size. */
function onKey(event: KeyboardEvent, editor: Editor, at: number): void {
  const { altKey, shiftKey, key } = event;
  if (event.target !== event.currentTarget) return;
  if (key === "Enter" || key === " ") editor.choose(at);
  else if (key === "Delete") editor.remove(at);
  else if (altKey && key === "ArrowLeft") editor.move(at, at - 1);
  else if (altKey && key === "ArrowRight") editor.move(at, at + 1);
  else if (shiftKey && key === "ArrowLeft") editor.resize(at, -1, 0);
  else if (shiftKey && key === "ArrowRight") editor.resize(at, 1, 0);
  else if (shiftKey && key === "ArrowUp") editor.resize(at, 0, -1);
  else if (shiftKey && key === "ArrowDown") editor.resize(at, 0, 1);
  else return;
  event.preventDefault();
}

/** A dashboard that is edited: tiles are dragged, or moved and sized by keys. */
export function EditGrid({ editor }: { editor: Editor }): ReactElement {
  const { t } = useBoardWords();
  const titleOf = useTileTitle();
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const dropped = (): void => {
    setDragged(null);
    setOver(null);
  };
  return (
    <div className="tile-grid tile-grid-edited" style={GRID_STYLE}>
      {editor.draft.tiles.map((tile, at) => (
        <section
          key={at}
          className="panel tile"
          data-kind={kindOfTile(tile.shows)}
          data-chosen={editor.chosen === at}
          data-over={over === at && dragged !== at}
          style={placeOf(tile)}
          role="group"
          aria-label={t("tile", { title: titleOf(tile), place: at + 1 })}
          tabIndex={0}
          draggable
          onKeyDown={(event) => {
            onKey(event, editor, at);
          }}
          onClick={() => {
            editor.choose(at);
          }}
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = "move";
            setDragged(at);
          }}
          onDragOver={(event) => {
            if (dragged === null) return;
            event.preventDefault();
            setOver(at);
          }}
          onDragEnd={dropped}
          onDrop={(event) => {
            event.preventDefault();
            if (dragged !== null) editor.move(dragged, at);
            dropped();
          }}
        >
          <header>
            <h2>{titleOf(tile)}</h2>
          </header>
          <div className="tile-body" inert>
            <TileBody tile={tile} />
          </div>
          {editor.chosen === at ? <Tools editor={editor} tile={tile} at={at} /> : null}
        </section>
      ))}
    </div>
  );
}
