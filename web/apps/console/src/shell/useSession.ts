import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { meQuery, useServices } from "../services";
import { useLivePhase } from "../useLive";

/** Keeps the live board running while someone is signed in, and sends them to the login when the session ends. */
export function useSession(): void {
  const { api, live, queries } = useServices();
  const navigate = useNavigate();
  const router = useRouter();
  const { data } = useQuery(meQuery(api));
  const phase = useLivePhase();
  useEffect(() => {
    live.start();
    const online = (): void => {
      live.retry();
    };
    window.addEventListener("online", online);
    return () => {
      window.removeEventListener("online", online);
      live.stop();
    };
  }, [live]);
  const ended = data === null || phase === "signed_out";
  useEffect(() => {
    if (!ended) return;
    queries.setQueryData(["me"], null);
    // Read at this moment and not followed: the way to the login is itself a change of place.
    const next = router.latestLocation.href;
    void navigate({ to: "/login", search: { next }, replace: true });
  }, [ended, navigate, queries, router]);
}
