import { filterFromSearch, filterToSearch, mayOpen, pagesFor, type InteractionFilter } from "@lingtong/model";
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

export const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = search["next"];
    // Only a path of this site: a link to the login page must not be a way to another one.
    return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {};
  },
  component: lazyRouteComponent(() => import("./login/LoginPage"), "LoginPage"),
});

export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    const me = await context.queries.query({ ...meQuery(context.api), staleTime: "static" });
    if (me === null) {
      const next = location.href === "/" ? {} : { next: location.href };
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
      throw redirect({ to: "/login", search: next });
    }
    if (!mayOpen(me, location.pathname)) {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
      throw redirect({ to: "/", replace: true });
    }
    return { me };
  },
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

const routeTree = rootRoute.addChildren([
  loginRoute,
  shellRoute.addChildren([indexRoute, liveRoute, interactionsRoute, interactionRoute, callbacksRoute]),
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
