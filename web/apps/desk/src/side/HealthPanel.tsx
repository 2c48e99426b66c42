import { CheckCircleFilled, ClockCircleOutlined, ExclamationCircleFilled } from "@ant-design/icons";
import { FORWARD_REASONS, targetOf, titleIn } from "@lingtong/model";
import { Panel } from "@lingtong/ui";
import { Button } from "antd";
import { useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { askToNotify, notifyPermission } from "../browser/notify";
import { useAgentFace, useDevices, useForwarding, useLivePart, usePath, usePhone } from "../hooks";
import { useServices } from "../services";

type Light = "good" | "waiting" | "bad";
const ICON: Readonly<Record<Light, ReactElement>> = {
  good: <CheckCircleFilled />,
  waiting: <ClockCircleOutlined />,
  bad: <ExclamationCircleFilled />,
};

interface CheckProps {
  light: Light;
  title: string;
  text: string;
  action?: ReactElement;
}

function Check({ light, title, text, action }: CheckProps): ReactElement {
  return (
    <li className="check" data-light={light}>
      <span className="check-icon" aria-hidden="true">
        {ICON[light]}
      </span>
      <span className="check-text">
        <b>{title}</b>
        <span>{text}</span>
        {action}
      </span>
    </li>
  );
}

/** Where the agent's own calls are led, where they all are: nobody should wonder why the telephone is silent. */
function Forwarding({ open }: { open: () => void }): ReactElement | null {
  const { t, i18n } = useTranslation(["desk", "ui"]);
  const { rules } = useForwarding();
  const queues = useLivePart((board) => board?.queues);
  if (rules === null) return null;
  const always = targetOf(rules.always);
  const queue = [...(queues?.values() ?? [])].find((one) => one.name === always.value);
  const named = always.kind === "queue" && queue !== undefined ? titleIn(queue.title, i18n.language) : always.value;
  const to = always.kind === "voicemail" ? t("forwarding.mailbox") : named;
  const some = FORWARD_REASONS.some((reason) => targetOf(rules[reason]).kind !== "none");
  return (
    <Check
      light={always.kind === "none" ? "good" : "waiting"}
      title={t("forwarding.title")}
      text={always.kind === "none" ? t(some ? "forwarding.some" : "forwarding.none") : t("forwarding.all", { to })}
      action={
        <button type="button" className="link-button" onClick={open}>
          {t("forwarding.change")}
        </button>
      }
    />
  );
}

export interface HealthPanelProps {
  openDevices: () => void;
  openForwarding: () => void;
}

/** Whether a call could be taken now: link, microphone and speaker, notice, state; each with what to do about it. */
export function HealthPanel({ openDevices, openForwarding }: HealthPanelProps): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { agent } = useServices();
  const { mode, problem } = usePhone();
  const { problems, checking } = useDevices();
  const { state: path } = usePath();
  const [notify, setNotify] = useState(notifyPermission);
  const face = useAgentFace();
  const first = problems?.[0];
  const waiting = mode === "registering" || mode === "off" || problem === "unsupported";
  const link: Light = mode === "ready" ? "good" : waiting ? "waiting" : "bad";
  return (
    <Panel
      className="desk-side"
      title={t("health.title")}
      extra={
        <Button size="small" onClick={openDevices}>
          {t("devices.open")}
        </Button>
      }
    >
      <ul className="checks">
        <Check
          light={link}
          title={t("health.link")}
          text={
            problem === null
              ? t(`phone.${mode}`)
              : problem === "unsupported"
                ? t("problem.unsupported.text")
                : t(`problem.${problem}.title`)
          }
        />
        <Check
          light={checking || problems === null ? "waiting" : first === undefined ? "good" : "bad"}
          title={t("health.sound")}
          text={first !== undefined ? t(`problem.${first}.title`) : t(problems === null ? "health.checking" : "health.soundGood")}
        />
        <Check
          light={path === "good" ? "good" : path === "idle" || path === "running" ? "waiting" : "bad"}
          title={t("health.path")}
          text={t(path === "idle" || path === "running" ? "health.pathUntried" : `path.${path}.title`)}
          {...(path === "good"
            ? {}
            : {
                action: (
                  <button type="button" className="link-button" onClick={openDevices}>
                    {t("path.try")}
                  </button>
                ),
              })}
        />
        <Check
          light={notify === "granted" ? "good" : notify === "default" ? "waiting" : "bad"}
          title={t("health.notify")}
          text={t(`health.notifyIs.${notify}`)}
          {...(notify === "default"
            ? {
                action: (
                  <button type="button" className="link-button" onClick={() => void askToNotify().then(setNotify)}>
                    {t("health.allow")}
                  </button>
                ),
              }
            : {})}
        />
        <Check
          light={face?.state === "ready" ? "good" : "waiting"}
          title={t("health.state")}
          text={t(face?.state === "ready" ? "health.stateReady" : face?.needsPhone === true ? "health.statePhone" : "health.stateNot")}
          {...(face?.state === "not_ready"
            ? {
                action: (
                  <button
                    type="button"
                    className="link-button"
                    onClick={() => {
                      agent.change({ state: "ready" });
                    }}
                  >
                    {t("health.goReady")}
                  </button>
                ),
              }
            : {})}
        />
        <Forwarding open={openForwarding} />
      </ul>
      <p className="side-foot faint">{t("health.keys")}</p>
    </Panel>
  );
}
