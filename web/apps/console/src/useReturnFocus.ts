import { useCallback, useRef } from "react";

/** Remembers where the focus was when something opened over the page, and brings it back when that closes. */
export function useReturnFocus(): { remember: () => void; bringBack: () => void } {
  const origin = useRef<HTMLElement | null>(null);
  const remember = useCallback(() => {
    origin.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  }, []);
  const bringBack = useCallback(() => {
    // What closes takes the focus down with it, so this waits until it is gone.
    setTimeout(() => origin.current?.focus({ preventScroll: true }));
  }, []);
  return { remember, bringBack };
}
