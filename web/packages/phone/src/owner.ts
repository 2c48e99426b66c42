/** The part of Web Locks that is used. */
export interface LockPort {
  /**
   * Waits for the lock and holds it until `held` settles. With `steal` it is taken from whoever has it; the promise of
   * whom it was taken from rejects.
   */
  request: (name: string, options: { steal?: boolean; signal?: AbortSignal }, held: () => Promise<void>) => Promise<unknown>;
}

export interface OwnerHandlers {
  /** This page has the phone now. */
  onMine: () => void;
  /** Another page has it. */
  onElsewhere: () => void;
}

/**
 * Lets exactly one page of a browser own a phone. A second page waits and says so; it gets the phone when the first is
 * closed, or at once when its user asks for it.
 */
export class PhoneOwner {
  private abort: AbortController | null = null;
  private release: (() => void) | null = null;

  constructor(
    private readonly locks: LockPort | null,
    private readonly name: string,
    private readonly handlers: OwnerHandlers,
  ) {}

  start(): void {
    this.ask(false);
  }

  /** Takes the phone from the page that has it. */
  takeOver(): void {
    if (this.release === null) this.ask(true);
  }

  stop(): void {
    this.abort?.abort();
    this.abort = null;
    this.release?.();
    this.release = null;
  }

  private ask(steal: boolean): void {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    if (this.locks === null) {
      // Without locks nobody can be asked; a page that may not have the phone would be worse than two that share it.
      this.release = () => undefined;
      this.handlers.onMine();
      return;
    }
    let got = false;
    const held = (): Promise<void> => {
      if (abort.signal.aborted) return Promise.resolve();
      got = true;
      return new Promise((resolve) => {
        this.release = resolve;
        this.handlers.onMine();
      });
    };
    // The standard allows no signal where a lock is taken.
    this.locks.request(this.name, steal ? { steal } : { signal: abort.signal }, held).catch(() => {
      if (abort.signal.aborted) return;
      // Taken by another page: wait in line for it.
      this.release = null;
      this.handlers.onElsewhere();
      this.ask(false);
    });
    if (!steal) {
      // The lock is granted in a later task when it is free; a page that waits longer than that waits for another page.
      void Promise.resolve().then(() => {
        setTimeout(() => {
          if (!got && !abort.signal.aborted) this.handlers.onElsewhere();
        }, GRANT_WAIT_MS);
      });
    }
  }
}

/** A free lock is granted well within this time, in milliseconds, also on a busy office PC. */
export const GRANT_WAIT_MS = 1000;
