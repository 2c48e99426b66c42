import { shortcut } from "@lingtong/model";
import { useEffect, useRef } from "react";

const TEXT_FIELD = "input:not([type=checkbox]):not([type=radio]), textarea, [contenteditable=true]";
const CONTROL = "button, a[href], summary, [role=button], [role=menuitem], [role=option], [role=combobox], select";

/** An open menu or list of choices: Escape closes it and nothing else. */
const OPEN_POPUP = ["dropdown", "select-dropdown", "picker-dropdown"]
  .map((kind) => `.ant-${kind}:not(.ant-${kind}-hidden)`)
  .join(", ");

function focusIn(event: KeyboardEvent, selector: string): boolean {
  return event.target instanceof Element && event.target.closest(selector) !== null;
}

/** Binds shortcuts while the component is shown. A dialog that holds the focus, or an open menu, keeps its keys to itself. */
export function useKeys(bindings: Readonly<Record<string, () => void>>): void {
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  }, [bindings]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      if (focusIn(event, "[role=dialog]") || document.querySelector(OPEN_POPUP) !== null) return;
      const name = shortcut({
        key: event.key,
        ctrlKey: event.ctrlKey,
        metaKey: event.metaKey,
        altKey: event.altKey,
        shiftKey: event.shiftKey,
        typing: focusIn(event, TEXT_FIELD),
        onControl: focusIn(event, CONTROL),
      });
      const action = name === null ? undefined : latest.current[name];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", pressed);
    return () => {
      document.removeEventListener("keydown", pressed);
    };
  }, []);
}
