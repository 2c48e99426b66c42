import type { Me } from "@lingtong/api";
import { getRouteApi } from "@tanstack/react-router";

const shell = getRouteApi("/shell");

/** Who is signed in; only for what is shown inside the shell. */
export function useMe(): Me {
  return shell.useRouteContext({ select: (context) => context.me });
}
