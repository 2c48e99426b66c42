import type { Me } from "@lingtong/api";
import { filterFromSearch, filterToSearch, mayOpen, pagesFor, planFromSearch, planToSearch, reportFromSearch, reportToSearch, type InteractionFilter, type ReportSearch } from "@lingtong/model";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  type AnyRouter,
} from "@tanstack/react-router";
import { FailedPage, MissingPage, PendingPage } from "./shell/RouteStates";
import { meQuery, type Services } from "./services";

const rootRoute = createRootRouteWithContext<Services>()({ component: Outlet });

/** Where somebody was on the way to. */
function nextOf(search: Record<string, unknown>): { next?: string } {
  const next = search["next"];
  // Only a path of this site: a link to the login page must not be a way to another one.
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {};
}

export const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login",
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("./login/LoginPage"), "LoginPage"),
});

const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/welcome",
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("./account/WelcomePage"), "WelcomePage"),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/setup",
  validateSearch: (search: Record<string, unknown>): { token: string } => ({
    token: typeof search["token"] === "string" ? search["token"] : "",
  }),
  component: lazyRouteComponent(() => import("./account/SetupPage"), "SetupPage"),
});

/** Lets those in who are signed in and may open what they ask for. */
async function admitted(context: Services, location: { href: string; pathname: string }): Promise<{ me: Me }> {
  const me = await context.queries.query({ ...meQuery(context.api), staleTime: "static" });
  if (me === null) {
    const next = location.href === "/" ? {} : { next: location.href };
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
    throw redirect({ to: "/login", search: next });
  }
  if (typeof me.unfinished === "string") {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
    throw redirect({ to: "/welcome", search: { next: location.href } });
  }
  if (!mayOpen(me, location.pathname)) {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
    throw redirect({ to: "/", replace: true });
  }
  return { me };
}

export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  beforeLoad: ({ context, location }) => admitted(context, location),
  component: lazyRouteComponent(() => import("./shell/Shell"), "Shell"),
});

const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  beforeLoad: ({ context }) => {
    const home = pagesFor(context.me)[0];
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
    throw redirect({ to: home === "live" ? "/live" : "/interactions", replace: true });
  },
});

export const liveRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/live",
  component: lazyRouteComponent(() => import("./live/LivePage"), "LivePage"),
});

export const interactionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/interactions",
  validateSearch: (search: Record<string, unknown>): Partial<InteractionFilter> =>
    filterToSearch(filterFromSearch(search)),
  component: lazyRouteComponent(() => import("./interactions/InteractionsPage"), "InteractionsPage"),
});

export const interactionRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/interactions/$id",
  component: lazyRouteComponent(() => import("./interaction/InteractionPage"), "InteractionPage"),
});

export const callbacksRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/callbacks",
  component: lazyRouteComponent(() => import("./callbacks/CallbacksPage"), "CallbacksPage"),
});

export const voicemailsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/voicemails",
  component: lazyRouteComponent(() => import("./voicemails/VoicemailsPage"), "VoicemailsPage"),
});

export const plannerRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/planner",
  validateSearch: (search: Record<string, unknown>): ReturnType<typeof planToSearch> => planToSearch(planFromSearch(search)),
  component: lazyRouteComponent(() => import("./planner/PlannerPage"), "PlannerPage"),
});

export const rehearsalRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/rehearsal",
  validateSearch: (search: Record<string, unknown>): { flow?: string } => {
    const flow = search["flow"];
    // A number in the address is read as one.
    return typeof flow === "string" || typeof flow === "number" ? { flow: String(flow) } : {};
  },
  component: lazyRouteComponent(() => import("./rehearsal/RehearsalPage"), "RehearsalPage"),
});

export const replayRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/rehearsal/replay",
  component: lazyRouteComponent(() => import("./rehearsal/ReplayPage"), "ReplayPage"),
});

export const reportsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/reports",
  validateSearch: (search: Record<string, unknown>): ReportSearch => reportToSearch(reportFromSearch(search)),
  component: lazyRouteComponent(() => import("./reports/ReportsPage"), "ReportsPage"),
});

export const dashboardsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/dashboards",
  validateSearch: (search: Record<string, unknown>): { open?: string } => {
    const open = search["open"];
    // A number in the address is read as one.
    return typeof open === "string" || typeof open === "number" ? { open: String(open) } : {};
  },
  component: lazyRouteComponent(() => import("./dashboards/DashboardsPage"), "DashboardsPage"),
});

/** A dashboard without the shell: it hangs on a wall. */
const screenRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/screen/$id",
  beforeLoad: ({ context, location }) => admitted(context, location),
  component: lazyRouteComponent(() => import("./dashboards/BoardScreen"), "BoardScreen"),
});

export const schedulesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/reports/schedules",
  component: lazyRouteComponent(() => import("./reports/SchedulesPanel"), "SchedulesPage"),
});

const deliveriesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/deliveries",
  component: lazyRouteComponent(() => import("./settings/DeliveriesPage"), "DeliveriesPage"),
});

export const flowsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/flows",
  component: lazyRouteComponent(() => import("./flows/FlowsPage"), "FlowsPage"),
});

export const flowRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/flows/$name",
  validateSearch: (search: Record<string, unknown>): { interaction?: string } => {
    const interaction = search["interaction"];
    return typeof interaction === "string" || typeof interaction === "number" ? { interaction: String(interaction) } : {};
  },
  component: lazyRouteComponent(() => import("./flows/DesignerPage"), "DesignerPage"),
});

export const promptsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/prompts",
  validateSearch: (search: Record<string, unknown>): { open?: string } => {
    const open = search["open"];
    // A number in the address is read as one.
    return typeof open === "string" || typeof open === "number" ? { open: String(open) } : {};
  },
  component: lazyRouteComponent(() => import("./prompts/PromptsPage"), "PromptsPage"),
});

export const accountRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("./account/AccountPage"), "AccountPage"),
});

const settingsIndexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
    throw redirect({ to: "/settings/$kind", params: { kind: "user" }, replace: true });
  },
});

export const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/$kind",
  validateSearch: (search: Record<string, unknown>): { open?: string; add?: true } => {
    const open = search["open"];
    // A number in the address is read as one.
    if (typeof open === "string" || typeof open === "number") return { open: String(open) };
    return search["add"] === true ? { add: true } : {};
  },
  component: lazyRouteComponent(() => import("./settings/SettingsPage"), "SettingsPage"),
});

/** Without the shell: it hangs on a wall. */
export const wallRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/wall",
  validateSearch: (): { screen: "big" } => ({ screen: "big" }),
  beforeLoad: ({ context, location }) => admitted(context, location),
  component: lazyRouteComponent(() => import("./wall/WallFrame"), "WallFrame"),
});

export const alertsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/live/alerts",
  component: lazyRouteComponent(() => import("./alerts/AlertsPage"), "AlertsPage"),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  welcomeRoute,
  setupRoute,
  wallRoute,
  screenRoute,
  shellRoute.addChildren([indexRoute, liveRoute, dashboardsRoute, alertsRoute, interactionsRoute, interactionRoute, callbacksRoute, voicemailsRoute, flowsRoute, flowRoute, promptsRoute, plannerRoute, rehearsalRoute, replayRoute, reportsRoute, schedulesRoute, accountRoute, settingsIndexRoute, deliveriesRoute, settingsRoute]),
]);

// eslint-disable-next-line @typescript-eslint/explicit-function-return-type, @typescript-eslint/explicit-module-boundary-types -- the inferred type carries every route
export function createAppRouter(services: Services) {
  return createRouter({
    routeTree,
    context: services,
    basepath: new URL(document.baseURI).pathname,
    defaultPreload: "intent",
    defaultPendingComponent: PendingPage,
    defaultErrorComponent: FailedPage,
    defaultNotFoundComponent: MissingPage,
    scrollRestoration: true,
  }) satisfies AnyRouter;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
