import type { Me, Role } from "@lingtong/api";

export type PageId = "live" | "interactions" | "callbacks";

const ROLES: Readonly<Record<PageId, readonly Role[]>> = {
  live: ["supervisor", "admin", "operator"],
  interactions: ["agent", "supervisor", "admin", "operator"],
  callbacks: ["supervisor", "admin", "operator"],
};

const PAGES: readonly PageId[] = ["live", "interactions", "callbacks"];

/** The path of each page. */
export const PATHS = { live: "/live", interactions: "/interactions", callbacks: "/callbacks" } as const satisfies Readonly<
  Record<PageId, string>
>;

/** The pages this person may use, in the rail's order. The server decides what they may read. */
export function pagesFor(me: Pick<Me, "roles">): PageId[] {
  return PAGES.filter((page) => me.roles.some((role) => ROLES[page].includes(role)));
}

/** Whether this person may change another agent's state. */
export function maySupervise(me: Pick<Me, "roles">): boolean {
  return me.roles.includes("supervisor") || me.roles.includes("admin");
}
