import { PhoneOutlined } from "@ant-design/icons";
import { parkedCalls } from "@lingtong/model";
import { Elapsed, StateMark } from "@lingtong/ui";
import { useMemo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useLivePart, usePhone } from "../hooks";
import { useServices } from "../services";

/** Calls that wait in a slot: any telephone that dials the slot's number has them. Nothing while there is none. */
export function ParkedList(): ReactElement | null {
  const { t } = useTranslation(["desk", "ui"]);
  const { phone } = useServices();
  const { mode } = usePhone();
  const interactions = useLivePart((board) => board?.interactions);
  const parked = useMemo(() => parkedCalls(interactions?.values() ?? []), [interactions]);
  if (parked.length === 0) return null;
  return (
    <section className="parked" aria-label={t("parked.title")}>
      <h3>{t("parked.title")}</h3>
      <ul>
        {parked.map((one) => (
          <li key={one.id} className="colleague">
            <StateMark state="parked" />
            <span className="colleague-who">
              <b className="num">{one.slot}</b> <span className="num">{one.number === "" ? t("card.withheld") : one.number}</span>
            </span>
            <span className="colleague-state">
              {t("ui:state.parked")} <Elapsed since={one.since} />
            </span>
            {mode === "ready" ? (
              <button
                type="button"
                className="icon-button"
                aria-label={t("parked.pickUp", { slot: one.slot })}
                title={t("parked.pickUp", { slot: one.slot })}
                onClick={() => void phone.dial(one.slot)}
              >
                <PhoneOutlined />
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
