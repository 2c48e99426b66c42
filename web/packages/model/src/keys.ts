/** The part of a keyboard event that shortcuts look at. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  /** Whether the focus is where text is typed. */
  typing: boolean;
  /** Whether the focus is on a control that uses Space and Enter itself. */
  onControl: boolean;
}

/**
 * The name of a shortcut as pages bind it: `mod+k`, `shift+ArrowLeft`, `j`, `?`.
 * Null where the key belongs to what is focused: plain keys to a text field, Space and Enter to a button.
 */
export function shortcut(press: KeyPress): string | null {
  const mod = press.ctrlKey || press.metaKey;
  if (press.altKey || (press.typing && !mod && press.key !== "Escape")) return null;
  if (press.onControl && (press.key === " " || press.key === "Enter")) return null;
  const name = press.key === " " ? "Space" : press.key;
  // A printed character already carries the shift that made it.
  const shift = press.shiftKey && name.length > 1 ? "shift+" : "";
  return `${mod ? "mod+" : ""}${shift}${name.length === 1 ? name.toLowerCase() : name}`;
}
