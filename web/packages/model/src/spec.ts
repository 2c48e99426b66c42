import type { Spec } from "@lingtong/api";

/** The spec with another value in one place; undefined takes it out. */
export function withValue(spec: Spec, path: string, value: unknown): Spec {
  const rest = Object.fromEntries(Object.entries(spec).filter(([key]) => key !== path));
  return value === undefined ? rest : { ...rest, [path]: value };
}

/** Whether two specs say the same, whatever the order of their fields. */
export function sameSpec(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [a, b] = [Object.entries(one), new Map(Object.entries(other))];
  return a.length === b.size && a.every(([key, value]) => b.has(key) && sameSpec(value, b.get(key)));
}

/** A password for a machine: no letters that look like others. */
export function madeUpSecret(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): string {
  const letters = "abcdefghijkmnpqrstuvwxyz23456789";
  return Array.from(random(new Uint8Array(20)), (byte) => letters[byte % letters.length]).join("");
}
