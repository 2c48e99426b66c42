import { copyPart, pastePart, readPart, removeNodes, removeNotes, type FlowDocument } from "@lingtong/model/flow";
import { useEffect, useRef } from "react";
import type { Selection } from "./Canvas";

const TYPING = "input, textarea, [contenteditable=true]";

interface ClipboardProps {
  flow: FlowDocument;
  selection: Selection;
  writable: boolean;
  change: (flow: FlowDocument) => void;
  copied: (count: number) => void;
  pasted: (ids: readonly string[]) => void;
}

export function copyOf(flow: FlowDocument, selection: Selection): string {
  return copyPart(flow, selection.nodes, selection.notes, new Map());
}

/** Copies, cuts and pastes what is selected, also from one flow to another. */
export function useClipboard(props: ClipboardProps): void {
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  }, [props]);
  useEffect(() => {
    const busy = (event: ClipboardEvent): boolean =>
      event.defaultPrevented || (event.target instanceof Element && event.target.closest(`${TYPING}, [role=dialog]`) !== null) || (window.getSelection()?.toString() ?? "") !== "";
    const take = (event: ClipboardEvent): boolean => {
      const { flow, selection } = latest.current;
      const count = selection.nodes.size + selection.notes.size;
      if (busy(event) || count === 0) return false;
      event.clipboardData?.setData("text/plain", copyOf(flow, selection));
      event.preventDefault();
      latest.current.copied(count);
      return true;
    };
    const copy = (event: ClipboardEvent): void => {
      take(event);
    };
    const cut = (event: ClipboardEvent): void => {
      const { flow, selection, writable, change } = latest.current;
      if (writable && take(event)) change(removeNotes(removeNodes(flow, selection.nodes), selection.notes));
    };
    const paste = (event: ClipboardEvent): void => {
      const { flow, writable, change, pasted } = latest.current;
      if (!writable || busy(event)) return;
      const part = readPart(event.clipboardData?.getData("text/plain") ?? "");
      if (part === null) return;
      event.preventDefault();
      const next = pastePart(flow, part);
      change(next.flow);
      pasted(next.ids);
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", cut);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", cut);
      document.removeEventListener("paste", paste);
    };
  }, []);
}
