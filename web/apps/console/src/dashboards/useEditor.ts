import type { Dashboard, Tile } from "@lingtong/api";
import { begin, changed, commit, MOST_TILES, moved, redo, resized, undo, usualTile, without, type History, type TileKind } from "@lingtong/model/dashboard";
import { useState } from "react";

/** What is edited. */
export interface BoardDraft {
  name: string;
  shared: boolean;
  tiles: readonly Tile[];
}

export interface Editor {
  draft: BoardDraft;
  dirty: boolean;
  /** The tile that is edited, by its place. */
  chosen: number | null;
  choose: (at: number | null) => void;
  /** A change; `about` joins it with the one before it, such as letters that are typed. */
  change: (part: Partial<BoardDraft>, about?: string) => void;
  changeTile: (at: number, part: Partial<Tile>, about?: string) => void;
  add: (kind: TileKind) => void;
  move: (from: number, to: number) => void;
  resize: (at: number, columns: number, rows: number) => void;
  remove: (at: number) => void;
  undo: (() => void) | null;
  redo: (() => void) | null;
  isFull: boolean;
}

export function useEditor(board: Dashboard): Editor {
  const [history, setHistory] = useState<History<BoardDraft>>(() => begin({ name: board.name, shared: board.shared, tiles: board.tiles }));
  const [chosen, choose] = useState<number | null>(null);
  const draft = history.present;
  const { tiles } = draft;
  const change = (part: Partial<BoardDraft>, about?: string): void => {
    setHistory((before) => commit(before, { ...before.present, ...part }, about ?? null));
  };
  const retile = (next: readonly Tile[], about?: string): void => {
    if (next !== tiles) change({ tiles: next }, about);
  };
  return {
    draft,
    dirty: history.past.length > 0,
    chosen: chosen !== null && chosen < tiles.length ? chosen : null,
    choose,
    change,
    changeTile: (at, part, about) => {
      retile(changed(tiles, at, part), about);
    },
    add: (kind) => {
      retile([...tiles, usualTile(kind)]);
      choose(tiles.length);
    },
    move: (from, to) => {
      const target = Math.min(Math.max(to, 0), tiles.length - 1);
      retile(moved(tiles, from, target));
      choose(target);
    },
    resize: (at, columns, rows) => {
      retile(resized(tiles, at, columns, rows));
      choose(at);
    },
    remove: (at) => {
      retile(without(tiles, at));
      choose(null);
    },
    undo: history.past.length === 0 ? null : () => {
      setHistory(undo);
    },
    redo: history.future.length === 0 ? null : () => {
      setHistory(redo);
    },
    isFull: tiles.length >= MOST_TILES,
  };
}
