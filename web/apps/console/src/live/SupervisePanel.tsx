import { toApiError, type LiveInteraction, type SupervisionMode } from "@lingtong/api";
import { Panel } from "@lingtong/ui";
import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Popconfirm } from "antd";
import { useCallback, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useLivePart } from "../useLive";
import { useMe } from "../useMe";

const WAYS = ["listen", "whisper", "barge"] as const;

/** Taking part in a call that goes on: what the supervisor does there now, and what it may do instead. */
export function SupervisePanel({ call }: { call: LiveInteraction }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const { api } = useServices();
  const self = useMe().agent_id ?? "";
  const mode = useLivePart(useCallback((board) => board?.supervision.get(call.id)?.get(self), [call.id, self]));
  const own = useLivePart(useCallback((board) => board?.agents.get(self), [self]));
  const order = useMutation({ mutationFn: (wanted: SupervisionMode) => api.supervise(call.id, wanted) });
  const talks = call.state === "talking" || call.state === "held";
  const serves = call.agent_id === self || mode === "take_over";
  const takesPart = mode !== undefined && !serves;
  const button = (wanted: SupervisionMode, act?: () => void): ReactElement => (
    <Button
      key={wanted}
      type={mode === wanted ? "primary" : "default"}
      aria-pressed={mode === wanted}
      disabled={order.isPending || (!talks && wanted !== "stop")}
      {...(act === undefined ? {} : { onClick: act })}
    >
      {t(`live.supervise.${wanted}`)}
    </Button>
  );
  const orders = (wanted: SupervisionMode) => (): void => {
    order.mutate(wanted);
  };
  // Told by the board, not by what this page has done: it may have been loaded anew, and nobody may have answered.
  const rings = mode === undefined && own?.state === "ringing" && own.interaction_id === call.id;
  if (serves) return <></>;
  return (
    <Panel title={t("live.supervise.title")}>
      <div className="drawer-states" role="group" aria-label={t("live.supervise.title")}>
        {order.error === null ? null : <Alert type="error" showIcon title={toApiError(order.error).message} />}
        {self === "" ? <span className="faint">{t("live.supervise.noPhone")}</span> : null}
        {talks ? null : <span className="faint">{t("live.supervise.nobody")}</span>}
        {rings ? <span role="status">{t("live.supervise.rings")}</span> : null}
        {takesPart ? <span role="status">{t("live.supervise.takes_part", { mode: t(`live.supervise.${mode}`) })}</span> : null}
        {WAYS.map((way) => button(way, orders(way)))}
        <Popconfirm title={t("live.supervise.takeOver")} onConfirm={orders("take_over")}>
          {button("take_over")}
        </Popconfirm>
        {takesPart || rings ? button("stop", orders("stop")) : null}
      </div>
    </Panel>
  );
}
