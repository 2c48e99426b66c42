import { LocalityContext } from "@lingtong/ui";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, type ReactElement } from "react";
import { useServices } from "../services";
import { useSession } from "../shell/useSession";
import { WallScreen } from "./WallScreen";

const wall = getRouteApi("/wall");

/** The big screen with what the shell gives other pages: the session, the clock, the tenant's time zone. */
export function WallFrame(): ReactElement {
  const { clock } = useServices();
  const me = wall.useRouteContext({ select: (context) => context.me });
  useSession();
  const locality = useMemo(() => ({ clock, timeZone: me.tenant.time_zone }), [clock, me.tenant.time_zone]);
  return (
    <LocalityContext value={locality}>
      <WallScreen of={me.tenant.title} />
    </LocalityContext>
  );
}
