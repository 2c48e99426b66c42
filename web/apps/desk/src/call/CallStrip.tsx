import {
  AudioMutedOutlined,
  AudioOutlined,
  CaretRightOutlined,
  CheckOutlined,
  CloseOutlined,
  InboxOutlined,
  PauseOutlined,
  PhoneOutlined,
  RollbackOutlined,
  SwapOutlined,
  TableOutlined,
  TeamOutlined,
  UserSwitchOutlined,
} from "@ant-design/icons";
import type { CallView } from "@lingtong/phone";
import { Elapsed, StateBadge } from "@lingtong/ui";
import { Popover } from "antd";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCallOrders, usePhone, useWork } from "../hooks";
import { useServices } from "../services";
import { CALL_STATE } from "./callState";
import { Keypad } from "./Keypad";
import { QualityMark } from "./QualityMark";

interface ActionProps {
  icon: ReactNode;
  label: string;
  hint: string;
  onClick: () => void;
  tone?: "go" | "stop";
  pressed?: boolean;
  disabled?: boolean;
}

function Action({ icon, label, hint, onClick, tone, pressed, disabled = false }: ActionProps): ReactElement {
  return (
    <button
      type="button"
      className={`call-action${tone === undefined ? "" : ` call-${tone}`}`}
      aria-keyshortcuts={hint}
      title={`${label} (${hint})`}
      disabled={disabled}
      onClick={onClick}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
    >
      {icon}
      <span>{label}</span>
    </button>
  );
}

function Party({ call, quiet }: { call: CallView; quiet?: boolean }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { reachedAt } = useWork();
  // A page that was loaded anew has the call for a moment only; the server knows since when they talk.
  const told = call.phase === "talking" && call.role === "main" && call.direction === "in" ? reachedAt : null;
  return (
    <span className={quiet === true ? "bar-party bar-quiet" : "bar-party"} data-phase={call.phase}>
      <StateBadge state={CALL_STATE[call.phase]}>{t(`call.phase.${call.phase}`)}</StateBadge>
      <strong className="num">{call.number}</strong>
      <Elapsed since={told ?? new Date(call.since).toISOString()} />
      {call.quality === null ? null : <QualityMark quality={call.quality} />}
    </span>
  );
}

function Ringing({ call }: { call: CallView }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { phone } = useServices();
  return (
    <>
      <Party call={call} />
      <Action
        icon={<PhoneOutlined />}
        label={t("call.answer")}
        hint="A"
        tone="go"
        onClick={() => {
          void phone.answer(call.id);
        }}
      />
      <Action
        icon={<CloseOutlined />}
        label={t("call.reject")}
        hint="R"
        tone="stop"
        onClick={() => {
          phone.reject(call.id);
        }}
      />
    </>
  );
}

function Consulting({ main, consult }: { main: CallView; consult: CallView }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { phone, orders } = useServices();
  const { busy } = useCallOrders();
  const answered = consult.phase === "talking" || consult.phase === "held";
  const completable = answered || consult.phase === "alerting";
  return (
    <>
      <Party call={main} quiet={main.phase === "held"} />
      <Party call={consult} quiet={consult.phase === "held"} />
      {answered ? (
        <>
          <Action icon={<SwapOutlined />} label={t("call.swap")} hint="S" onClick={() => void phone.swap()} />
          <Action icon={<TeamOutlined />} label={t("call.conference")} hint="C" disabled={busy} onClick={orders.conference} />
        </>
      ) : null}
      {completable ? (
        <Action
          icon={<CheckOutlined />}
          label={t("call.complete")}
          hint="T"
          tone="go"
          onClick={() => {
            phone.completeTransfer();
          }}
        />
      ) : null}
      <Action
        icon={<RollbackOutlined />}
        label={t("call.back")}
        hint="E"
        tone="stop"
        onClick={() => void phone.cancelConsult()}
      />
    </>
  );
}

export interface CallStripProps {
  keypad: boolean;
  setKeypad: (open: boolean) => void;
  openTransfer: () => void;
}

function Talking({ call, keypad, setKeypad, openTransfer }: CallStripProps & { call: CallView }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { phone, orders } = useServices();
  const { busy } = useCallOrders();
  const held = call.phase === "held";
  const live = held || call.phase === "talking";
  return (
    <>
      <Party call={call} />
      {live ? (
        <>
          <Action
            icon={call.muted ? <AudioMutedOutlined /> : <AudioOutlined />}
            label={t(call.muted ? "call.unmute" : "call.mute")}
            hint="M"
            pressed={call.muted}
            onClick={() => {
              phone.mute();
            }}
          />
          <Action
            icon={held ? <CaretRightOutlined /> : <PauseOutlined />}
            label={t(held ? "call.resume" : "call.hold")}
            hint="H"
            pressed={held}
            onClick={() => {
              phone.hold();
            }}
          />
          <Popover
            open={keypad}
            onOpenChange={setKeypad}
            trigger="click"
            placement="bottom"
            content={
              <Keypad
                press={(digit) => {
                  phone.dtmf(digit);
                }}
              />
            }
          >
            <span>
              <Action icon={<TableOutlined />} label={t("call.keypad")} hint="P" pressed={keypad} onClick={() => undefined} />
            </span>
          </Popover>
          <Action icon={<UserSwitchOutlined />} label={t("call.transfer")} hint="T" onClick={openTransfer} />
          <Action icon={<InboxOutlined />} label={t("call.park")} hint="K" disabled={busy} onClick={orders.park} />
        </>
      ) : null}
      <Action
        icon={<PhoneOutlined rotate={225} />}
        label={t("call.hangUp")}
        hint="E"
        tone="stop"
        onClick={() => {
          phone.hangUp(call.id);
        }}
      />
    </>
  );
}

function Quiet(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { lastEnd } = usePhone();
  if (lastEnd === null) return <span className="bar-quiet">{t("call.none")}</span>;
  return <span className="bar-quiet">{t("call.ended", { number: lastEnd.number, cause: t(`end.${lastEnd.cause}`) })}</span>;
}

/** What the server did not do of what was asked, in its own words. */
function Refused(): ReactElement | null {
  const { t } = useTranslation(["desk", "ui"]);
  const { failed } = useCallOrders();
  return failed === null ? null : (
    <span className="bar-error" role="alert">
      {t("call.refused", { order: t(`call.${failed.order}`), why: failed.why })}
    </span>
  );
}

/** The call in hand with all that can be done with it. */
export function CallStrip(props: CallStripProps): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { calls } = usePhone();
  const [first] = calls;
  const main = calls.find((call) => call.role === "main");
  const consult = calls.find((call) => call.role === "consult");
  return (
    <div className="call-strip" role="group" aria-label={t("call.label")} aria-live="polite">
      {first === undefined ? (
        <Quiet />
      ) : main !== undefined && consult !== undefined ? (
        <Consulting main={main} consult={consult} />
      ) : first.phase === "ringing" ? (
        <Ringing call={first} />
      ) : (
        <Talking call={first} {...props} />
      )}
      {first === undefined ? null : <Refused />}
    </div>
  );
}
