import type { Me, Permission } from "@lingtong/api";

export type PageId = "live" | "interactions" | "callbacks";

/** What a page needs; null: everybody has it. */
const NEEDS: Readonly<Record<PageId, Permission | null>> = {
  live: "interactions.read_all",
  interactions: null,
  callbacks: "interactions.read_all",
};

const PAGES: readonly PageId[] = ["live", "interactions", "callbacks"];

/** The path of each page. */
export const PATHS = { live: "/live", interactions: "/interactions", callbacks: "/callbacks" } as const satisfies Readonly<
  Record<PageId, string>
>;

/** Whether this person may do this. The server decides; this only spares people what would be refused. */
export function may(me: Pick<Me, "permissions">, permission: Permission): boolean {
  return me.permissions.includes(permission);
}

/** The pages this person may use, in the rail's order. */
export function pagesFor(me: Pick<Me, "permissions" | "roles">): PageId[] {
  if (me.roles.length === 0) return [];
  return PAGES.filter((page) => {
    const needed = NEEDS[page];
    return needed === null || may(me, needed);
  });
}
