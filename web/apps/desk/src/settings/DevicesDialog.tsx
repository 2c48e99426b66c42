import type { AudioDevice, DeviceUse } from "@lingtong/phone";
import { Alert, Button, Modal, Select } from "antd";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { openMeter } from "../browser/sound";
import { useDevices, usePath, usePhone } from "../hooks";
import { useServices } from "../services";

/** How loud the microphone hears, drawn without rendering the dialog again. */
function Meter({ device }: { device: string }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { devices } = useServices();
  const bar = useRef<HTMLSpanElement>(null);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    let open = true;
    let end: (() => void) | null = null;
    let loudest = 0;
    setHeard(false);
    const level = (value: number): void => {
      if (bar.current !== null) bar.current.style.transform = `scaleX(${value.toFixed(3)})`;
      if (loudest <= HEARD_LEVEL && value > HEARD_LEVEL) setHeard(true);
      loudest = Math.max(loudest, value);
    };
    openMeter(devices, level).then(
      (stop) => {
        if (open) end = stop;
        else stop();
      },
      () => undefined,
    );
    return () => {
      open = false;
      end?.();
    };
  }, [devices, device]);
  return (
    <>
      <span className="meter" role="img" aria-label={t("devices.meter")}>
        <span ref={bar} />
      </span>
      <span className="faint">{t(heard ? "devices.heard" : "devices.speak")}</span>
    </>
  );
}

/** Above this level a voice is heard and not the room. */
const HEARD_LEVEL = 0.35;

interface ChoiceProps {
  use: DeviceUse;
  among: readonly AudioDevice[];
  disabled?: boolean;
}

function Choice({ use, among, disabled = false }: ChoiceProps): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { devices } = useServices();
  const { chosen } = useDevices();
  const named = among.filter((device) => device.id !== "default");
  const options = [
    { value: "default", label: t("devices.default") },
    ...named.map((device, index) => ({
      value: device.id,
      label: device.label === "" ? t("devices.unnamed", { number: index + 1 }) : device.label,
    })),
  ];
  return (
    <Select
      aria-label={t(`devices.${use}`)}
      value={chosen[use]}
      options={options}
      disabled={disabled}
      onChange={(id: string) => {
        devices.choose(use, id);
      }}
    />
  );
}

/** Tries the way of the voice: a tone goes to the server and has to come back. */
function PathCheck(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { path } = useServices();
  const { mode } = usePhone();
  const { state, rttMs } = usePath();
  useEffect(
    () => () => {
      path.stop();
    },
    [path],
  );
  const told = state === "idle" || state === "running" ? null : state;
  return (
    <div className="path-check" data-state={state}>
      {told === null ? null : (
        <Alert
          type={told === "good" ? "success" : "warning"}
          showIcon
          title={t(`path.${told}.title`)}
          description={told === "good" && rttMs !== null ? t("path.rtt", { ms: Math.round(rttMs) }) : t(`path.${told}.text`)}
        />
      )}
      <Button
        disabled={mode !== "ready"}
        loading={state === "running"}
        onClick={() => {
          path.start();
        }}
      >
        {t("path.try")}
      </Button>
    </div>
  );
}

/** Headset and ringer: which, how loud, and whether all is well. */
export default function DevicesDialog({ close }: { close: () => void }): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { devices, ringer } = useServices();
  const { microphones, speakers, chosen, choosesSpeaker, problems, checking } = useDevices();
  const ill = problems !== null && problems.length > 0;
  return (
    <Modal open onCancel={close} footer={null} width={520} title={t("devices.title")}>
      <div className="devices">
        {ill ? (
          problems.map((problem) => (
            <Alert
              key={problem}
              type="warning"
              showIcon
              title={t(`problem.${problem}.title`)}
              description={t(`problem.${problem}.text`)}
            />
          ))
        ) : (
          <Alert type="success" showIcon title={t("devices.allGood")} />
        )}
        <label>
          <span>{t("devices.mic")}</span>
          <Choice use="mic" among={microphones} />
        </label>
        <div className="devices-row">{ill ? null : <Meter device={chosen.mic} />}</div>
        <label>
          <span>{t("devices.speaker")}</span>
          <Choice use="speaker" among={speakers} disabled={!choosesSpeaker} />
        </label>
        <label>
          <span>{t("devices.ringer")}</span>
          <Choice use="ringer" among={speakers} disabled={!choosesSpeaker} />
        </label>
        {choosesSpeaker ? null : <p className="faint">{t("devices.noChoice")}</p>}
        <div className="devices-row">
          <Button
            onClick={() => {
              ringer.try();
            }}
          >
            {t("devices.tryRinger")}
          </Button>
          <Button loading={checking} onClick={() => void devices.check()}>
            {t("devices.checkAgain")}
          </Button>
        </div>
        <PathCheck />
      </div>
    </Modal>
  );
}
