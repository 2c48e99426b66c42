import type { FlowNote } from "@lingtong/model/flow";
import type { Node, NodeProps } from "@xyflow/react";
import { memo, type ReactElement } from "react";

export interface NoteData extends Record<string, unknown> {
  note: FlowNote;
}
export type NoteNode = Node<NoteData, "note">;

/** How large a note is when nobody has said. */
export const NOTE_SIZE = [240, 96] as const;

function Note({ data, selected }: NodeProps<NoteNode>): ReactElement {
  const [width, height] = data.note.size ?? NOTE_SIZE;
  return (
    <div className={`flow-note note-${data.note.colour ?? "yellow"} ${selected ? "selected" : ""}`} style={{ width, minHeight: height }}>
      {data.note.text}
    </div>
  );
}

/** A note that somebody stuck to the drawing. */
export const NoteCard = memo(Note, (a, b) => a.selected === b.selected && a.data.note === b.data.note);
