import type { Field } from "@lingtong/model";

export interface InputProps {
  field: Field;
  id: string;
  value: unknown;
  /** Of a secret: whether there is one already. */
  isSet: boolean;
  status: "error" | "";
  disabled: boolean;
  change: (value: unknown) => void;
}

/** A value as the text that is typed. */
export const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

/** A value as the names it lists. */
export const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);

/** What was typed; nothing where nothing was. */
export const orNothing = (typed: string): string | undefined => (typed === "" ? undefined : typed);
