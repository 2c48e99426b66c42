import type { Permission } from "@lingtong/api";

/** In the order in which a role's form lists them. */
export const PERMISSIONS = [
  "interactions.read_all",
  "recordings.listen",
  "agents.order",
  "calls.control",
  "supervise",
  "callbacks.write",
  "quality.score",
  "settings.read",
  "settings.write",
  "users.write",
  "audit.read",
  "plan",
] as const satisfies readonly Permission[];

/** The word of a permission: in the keys of words a dot leads one level down. */
export function permissionWord(name: (typeof PERMISSIONS)[number]): PermissionWord {
  return name.replace(".", "_") as PermissionWord;
}

type Underscored<T extends string> = T extends `${infer A}.${infer B}` ? `${A}_${B}` : T;
export type PermissionWord = Underscored<(typeof PERMISSIONS)[number]>;
