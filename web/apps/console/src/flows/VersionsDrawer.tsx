import { toApiError, type FlowVersionHead } from "@lingtong/api";
import { EmptyState, ErrorState, RelativeTime, Skeleton } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer } from "antd";
import type { ReactElement } from "react";
import { useServices } from "../services";
import { useFlowWords } from "./words";

const ENDS = ["promoted", "rolled_back", "stopped", "replaced"] as const;

/** How an old version is shown. */
export interface Look {
  version: number;
  way: "view" | "compare";
}

interface VersionsProps {
  name: string;
  writable: boolean;
  close: () => void;
  look: (look: Look) => void;
  restore: (version: number) => void;
}

/** What became of a version that a share of the callers walked. */
function Ended({ ended }: { ended: NonNullable<FlowVersionHead["canary"]> }): ReactElement {
  const { t } = useFlowWords();
  const how = ENDS.find((one) => one === ended.how) ?? "stopped";
  return (
    <p className={how === "rolled_back" ? "canary-bad" : ""}>
      {typeof ended.guard === "string" ? t("canary.rolledBackBy", { guard: t(`canary.guard.${ended.guard}`) }) : t(`canary.how.${how}`)} · {t("canary.seenCalls", { count: ended.seen.canary.calls })} · <RelativeTime at={ended.at} />
    </p>
  );
}

function Row({ head, writable, look, restore }: { head: FlowVersionHead } & Pick<VersionsProps, "writable" | "look" | "restore">): ReactElement {
  const { t } = useFlowWords();
  const { version } = head;
  return (
    <li className={`flow-version ${head.published ? "current" : ""}`}>
      <div>
        <b className="num">{t("list.version", { version })}</b>
        {head.published ? <span className="flow-badge published">{t("versions.current")}</span> : null}
        {typeof head.share_percent === "number" ? <span className="flow-badge canary-badge">{t("canary.ofCallers", { percent: head.share_percent })}</span> : null}
        <span className="faint num">{t("list.nodes", { count: head.nodes })}</span>
      </div>
      {head.canary === undefined || head.canary === null ? null : <Ended ended={head.canary} />}
      {typeof head.note === "string" ? <p>{head.note}</p> : null}
      <p className="faint">
        {typeof head.made_at === "string" ? (
          <>
            {head.made_by} · <RelativeTime at={head.made_at} />
          </>
        ) : (
          t("versions.unknown")
        )}
      </p>
      <div className="flow-version-actions">
        <Button size="small" onClick={() => { look({ version, way: "view" }); }}>
          {t("versions.show")}
        </Button>
        <Button size="small" onClick={() => { look({ version, way: "compare" }); }}>
          {t("versions.compare")}
        </Button>
        {writable && !head.published ? (
          <Button size="small" onClick={() => { restore(version); }}>
            {t("versions.back")}
          </Button>
        ) : null}
      </div>
    </li>
  );
}

/** All versions of a flow, the newest first. */
export function VersionsDrawer({ name, writable, close, look, restore }: VersionsProps): ReactElement {
  const { t } = useFlowWords();
  const { flows } = useServices();
  const query = useQuery({ queryKey: ["flow-versions", name], queryFn: ({ signal }) => flows.versions(name, signal) });
  return (
    <Drawer open size={400} title={t("versions.title")} onClose={close}>
      {query.isPending ? (
        <Skeleton rows={6} height={40} />
      ) : query.error !== null ? (
        <ErrorState error={toApiError(query.error)} retry={() => void query.refetch()} />
      ) : query.data.length === 0 ? (
        <EmptyState title={t("versions.none")} />
      ) : (
        <ol className="flow-versions">
          {query.data.map((head) => (
            <Row key={head.version} head={head} writable={writable} look={look} restore={restore} />
          ))}
        </ol>
      )}
    </Drawer>
  );
}
