import type { Me, Permission } from "@lingtong/api";

export type PageId = "live" | "dashboards" | "interactions" | "callbacks" | "voicemails" | "flows" | "prompts" | "planner" | "rehearsal" | "reports" | "settings";

/** What a page needs; null: everybody has it. */
const NEEDS: Readonly<Record<PageId, Permission | null>> = {
  live: "interactions.read_all",
  dashboards: "interactions.read_all",
  interactions: null,
  callbacks: "interactions.read_all",
  voicemails: "recordings.listen",
  flows: "settings.read",
  prompts: "settings.read",
  planner: "plan",
  rehearsal: "plan",
  reports: "interactions.read_all",
  settings: "settings.read",
};

const PAGES: readonly PageId[] = ["live", "dashboards", "interactions", "callbacks", "voicemails", "reports", "flows", "prompts", "rehearsal", "planner", "settings"];

/** The path of each page. */
export const PATHS = {
  live: "/live",
  dashboards: "/dashboards",
  interactions: "/interactions",
  callbacks: "/callbacks",
  voicemails: "/voicemails",
  flows: "/flows",
  prompts: "/prompts",
  planner: "/planner",
  rehearsal: "/rehearsal",
  reports: "/reports",
  settings: "/settings",
} as const satisfies Readonly<Record<PageId, string>>;

/** Whether this person may do this. The server decides; this only spares people what would be refused. */
export function may(me: Pick<Me, "permissions">, permission: Permission): boolean {
  return me.permissions.includes(permission);
}

function mayUse(me: Pick<Me, "permissions">, page: PageId): boolean {
  const needed = NEEDS[page];
  return needed === null || may(me, needed);
}

/** The pages this person may use, in the rail's order. */
export function pagesFor(me: Pick<Me, "permissions" | "roles">): PageId[] {
  return me.roles.length === 0 ? [] : PAGES.filter((page) => mayUse(me, page));
}

/** Whether this person may open what is at a path: a link from a colleague may lead to a page of the colleague's. */
export function mayOpen(me: Pick<Me, "permissions">, path: string): boolean {
  // The wall for a big screen shows what the live page does.
  if (path === "/wall") return mayUse(me, "live");
  if (path.startsWith("/screen/")) return mayUse(me, "dashboards");
  const page = PAGES.find((one) => path === PATHS[one] || path.startsWith(`${PATHS[one]}/`));
  return page === undefined || mayUse(me, page);
}
