import { PlusOutlined } from "@ant-design/icons";
import { toApiError, type FlowHead } from "@lingtong/api";
import { may, titleIn } from "@lingtong/model";
import { EmptyState, ErrorState, Panel, RelativeTime, Skeleton } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState, type ReactElement } from "react";
import { PageHead } from "../list/PageHead";
import { useServices } from "../services";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { ClosureSwitch } from "./ClosureSwitch";
import { NewFlowDialog } from "./NewFlowDialog";
import { useForms } from "./useForms";
import { useFlowWords } from "./words";
import "./flows.css";

function Row({ flow }: { flow: FlowHead }): ReactElement {
  const { t, language } = useFlowWords();
  const numbers = flow.used_by.filter((one) => one.kind === "number");
  const others = flow.used_by.filter((one) => one.kind !== "number");
  const title = titleIn(flow.title, language);
  return (
    <li>
      <Link to="/flows/$name" params={{ name: flow.name }} className="flow-row">
        <span className="flow-row-name">
          <b>{title === "" ? flow.name : title}</b>
          <code>{flow.name}</code>
        </span>
        <span className="flow-row-numbers">
          {numbers.map((one) => (
            <span key={one.name} className="chip num">
              {one.name}
            </span>
          ))}
          {others.map((one) => (
            <span key={one.name} className="chip">
              {one.name}
            </span>
          ))}
          {flow.used_by.length === 0 ? <span className="faint">{t("list.noNumbers")}</span> : null}
        </span>
        <span className="flow-row-size num">{t("list.nodes", { count: flow.nodes })}</span>
        <span className="flow-row-state">
          {typeof flow.version === "number" ? <span className="flow-badge published">{t("list.version", { version: flow.version })}</span> : <span className="flow-badge">{t("list.unpublished")}</span>}
          {flow.canary === undefined || flow.canary === null ? null : <span className="flow-badge canary-badge">{t("canary.share", { version: flow.canary.version, percent: flow.canary.share_percent })}</span>}
          {flow.draft === undefined || flow.draft === null ? null : (
            <span className="flow-badge draft" title={t("list.draftBy", { by: flow.draft.saved_by })}>
              {t("list.draft")} · <RelativeTime at={flow.draft.saved_at} />
            </span>
          )}
        </span>
      </Link>
    </li>
  );
}

/** All flows, and the way to a new one. */
export function FlowsPage(): ReactElement {
  const { t, language } = useFlowWords();
  const { flows } = useServices();
  const me = useMe();
  const navigate = useNavigate();
  useTitle(t("list.title"));
  const { forms } = useForms();
  const [search, setSearch] = useState("");
  const [creating, setCreating] = useState(false);
  const query = useQuery({ queryKey: ["flows"], queryFn: ({ signal }) => flows.list(signal) });
  const all = query.data ?? [];
  const wanted = search.trim().toLowerCase();
  const shown = all.filter((flow) => [flow.name, titleIn(flow.title, language), ...flow.used_by.map((one) => one.name)].some((text) => text.toLowerCase().includes(wanted)));
  const writable = may(me, "settings.write");
  const create = writable ? (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      disabled={forms.kinds.length === 0}
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("list.new")}
    </Button>
  ) : null;
  return (
    <div className="page page-fill">
      <PageHead title={t("list.title")} lead={t("list.lead")} search={{ text: search, label: t("list.search"), change: setSearch }}>
        <ClosureSwitch flows={all} bank={forms.bank} writable={writable} />
        {create}
      </PageHead>
      <Panel className="list-panel">
        {query.isPending ? (
          <Skeleton rows={8} height={26} />
        ) : query.error !== null ? (
          <ErrorState error={toApiError(query.error)} retry={() => void query.refetch()} />
        ) : all.length === 0 ? (
          <EmptyState title={t("list.empty")} action={create}>
            {t("list.emptyText")}
          </EmptyState>
        ) : shown.length === 0 ? (
          <EmptyState title={t("list.none")} />
        ) : (
          <ul className="flow-list">
            {shown.map((flow) => (
              <Row key={flow.name} flow={flow} />
            ))}
          </ul>
        )}
      </Panel>
      {creating ? (
        <NewFlowDialog
          forms={forms}
          taken={all.map((flow) => flow.name)}
          close={() => {
            setCreating(false);
          }}
          made={(name) => {
            void navigate({ to: "/flows/$name", params: { name }, search: {} });
          }}
        />
      ) : null}
    </div>
  );
}
