import { PhoneOutlined, UserSwitchOutlined } from "@ant-design/icons";
import { colleagues, type Colleague } from "@lingtong/model";
import { Elapsed, EmptyState, Panel, reasonText, Skeleton, StateMark } from "@lingtong/ui";
import { useMemo, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useLivePart, usePhone } from "../hooks";
import { useServices } from "../services";
import { ParkedList } from "./ParkedList";

function Row({ one }: { one: Colleague }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { phone } = useServices();
  const { mode } = usePhone();
  const reason = one.state === "not_ready" ? reasonText(t, one.reason) : "";
  const inCall = mode === "talking" || mode === "held";
  const act = inCall ? t("colleagues.consult", { name: one.number }) : t("colleagues.call", { name: one.number });
  return (
    <li className="colleague">
      <StateMark state={one.state} />
      <span className="colleague-who">
        <b className="num">{one.number}</b> {one.name}
      </span>
      <span className="colleague-state">
        {reason === "" ? t(`ui:state.${one.state}`) : reason} <Elapsed since={one.since} />
      </span>
      {mode === "ready" || inCall ? (
        <button
          type="button"
          className="icon-button"
          aria-label={act}
          title={act}
          onClick={() => void (inCall ? phone.consult(one.number) : phone.dial(one.number))}
        >
          {inCall ? <UserSwitchOutlined /> : <PhoneOutlined />}
        </button>
      ) : null}
    </li>
  );
}

/** The others and what they do, those who can help first. */
export function ColleaguesPanel(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { agentId } = useServices();
  const [text, setText] = useState("");
  const agents = useLivePart((board) => board?.agents);
  const found = useMemo(() => (agents === undefined ? null : colleagues(agents.values(), agentId, text)), [agents, agentId, text]);
  const free = found?.filter((one) => one.free).length ?? 0;
  return (
    <Panel
      className="desk-side colleagues"
      title={t("colleagues.title")}
      extra={<span className="faint">{t("colleagues.free", { count: free })}</span>}
    >
      <ParkedList />
      <div className="side-find">
        <input
          type="search"
          aria-label={t("colleagues.find")}
          placeholder={t("colleagues.find")}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </div>
      {found === null ? (
        <Skeleton rows={6} />
      ) : found.length === 0 ? (
        <EmptyState title={t(text === "" ? "colleagues.none" : "colleagues.noMatch")}>
          {t(text === "" ? "colleagues.noneText" : "colleagues.noMatchText")}
        </EmptyState>
      ) : (
        <ul className="side-list">
          {found.map((one) => (
            <Row key={one.id} one={one} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
