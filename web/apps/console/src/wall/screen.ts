import { useLocality } from "@lingtong/ui";
import { useEffect, useState } from "react";

/** The clock of the screen, once a second. */
export function useNow(): number {
  const { clock } = useLocality();
  const [now, setNow] = useState(() => clock.now());
  useEffect(
    () =>
      clock.subscribe(() => {
        setNow(clock.now());
      }),
    [clock],
  );
  return now;
}

/** Keeps the screen from going dark where the browser can; asked again whenever the page is shown again. */
export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    const ask = (): void => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      navigator.wakeLock.request("screen").then(
        (got) => {
          lock = got;
        },
        () => {
          // The operating system forbids it: the screen's own settings count.
        },
      );
    };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, []);
}
