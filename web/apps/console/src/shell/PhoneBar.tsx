import { QuestionCircleOutlined, SearchOutlined } from "@ant-design/icons";
import type { LiveInteraction } from "@lingtong/api";
import { titleIn, type LiveBoard } from "@lingtong/model";
import { Elapsed, Kbd, LanguageSwitch, StateBadge, ThemeSwitch, Wordmark } from "@lingtong/ui";
import { useNavigate } from "@tanstack/react-router";
import { Dropdown } from "antd";
import { useCallback, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useLivePart } from "../useLive";
import { useMe } from "../useMe";
import { AgentSwitch } from "./AgentSwitch";

/** The call that this agent holds now: who, through which queue, for how long. */
function CallInHand({ agentId }: { agentId: string }): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const call = useLivePart(
    useCallback(
      (board: LiveBoard | null): LiveInteraction | undefined => {
        const id = board?.agents.get(agentId)?.interaction_id;
        return id === null || id === undefined ? undefined : board?.interactions.get(id);
      },
      [agentId],
    ),
  );
  const queueTitle = useLivePart((board) => board?.queues.get(call?.queue_id ?? "")?.title);
  if (call === undefined) return <span className="bar-quiet">{t("noCall")}</span>;
  return (
    <span className="bar-call">
      <StateBadge state={call.state} />
      <strong className="num">{call.direction === "outbound" ? call.to : call.from}</strong>
      {queueTitle === undefined ? null : <span className="bar-quiet">{titleIn(queueTitle, i18n.language)}</span>}
      <Elapsed since={call.state_since} />
    </span>
  );
}

export interface PhoneBarProps {
  openSearch: () => void;
  openKeys: () => void;
  signOut: () => void;
}

/** The bar across the top of every page; it never moves and never scrolls away. */
export function PhoneBar({ openSearch, openKeys, signOut }: PhoneBarProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  const roles = me.roles.map((role) => t(`role.${role}`, role)).join(" · ");
  const agentId = me.agent_id ?? "";
  const navigate = useNavigate();
  return (
    <header className="phone-bar" data-theme="dark">
      <Wordmark />
      <div className="bar-phone" role="region" aria-label={t("phoneBar")}>
        {agentId === "" ? (
          <span className="bar-quiet">{roles}</span>
        ) : (
          <>
            <AgentSwitch agentId={agentId} />
            <CallInHand agentId={agentId} />
          </>
        )}
      </div>
      <button type="button" className="bar-search" onClick={openSearch}>
        <SearchOutlined />
        <span className="bar-search-word">{t("search.open")}</span>
        <Kbd>{t("search.keys")}</Kbd>
      </button>
      <div className="bar-tools">
        <button type="button" className="icon-button" onClick={openKeys} aria-label={t("keys.title")} title={t("keys.title")}>
          <QuestionCircleOutlined />
        </button>
        <LanguageSwitch />
        <ThemeSwitch />
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "who", type: "group", label: `${me.tenant.title} · ${roles}` },
              { key: "account", label: t("account.title"), onClick: () => void navigate({ to: "/account" }) },
              { key: "out", label: t("signOut"), onClick: signOut },
            ],
          }}
        >
          <button type="button" className="user-button" title={t("accountOf", { name: me.username })}>
            <span className="avatar" aria-hidden="true">
              {me.username.slice(0, 2).toUpperCase()}
            </span>
            <span className="user-name">{me.username}</span>
          </button>
        </Dropdown>
      </div>
    </header>
  );
}
