import { createContext, useContext, type Context } from "react";

/** The time that timers show: the server's, so that two desks never disagree. */
export class TickingClock {
  private offsetMs = 0;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;

  now(): number {
    return Date.now() + this.offsetMs;
  }

  setOffset(offsetMs: number): void {
    this.offsetMs = offsetMs;
  }

  /** Calls back once a second; one interval serves every timer of the page. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => {
      for (const one of this.listeners) one();
    }, 1000);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }
}

export interface Locality {
  clock: TickingClock;
  /** IANA zone of the tenant. */
  timeZone: string;
}

export const LocalityContext: Context<Locality> = createContext<Locality>({
  clock: new TickingClock(),
  timeZone: "Asia/Shanghai",
});

export function useLocality(): Locality {
  return useContext(LocalityContext);
}
