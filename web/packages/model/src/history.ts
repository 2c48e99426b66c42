/** Steps that can be taken back: more than anybody remembers. */
const STEPS = 200;

/** What is there now, with the way back and forth. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the last change was about: further ones about the same join it. */
  readonly about: string | null;
}

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], about: null };
}

/** A change. With the same `about` as the one before, such as a text that is typed, both are one step. */
export function commit<T>(history: History<T>, present: T, about: string | null = null): History<T> {
  if (Object.is(present, history.present)) return history;
  const joins = about !== null && about === history.about && history.past.length > 0;
  const past = joins ? history.past : [...history.past, history.present].slice(-STEPS);
  return { past, present, future: [], about };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future], about: null };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, about: null };
}
