import { KEYS } from "@lingtong/model/flow";
import type { ReactElement } from "react";
import { useFlowWords } from "./words";

interface KeyPadProps {
  /** Where keys lead from here. */
  outlets: Readonly<Record<string, unknown>> | undefined;
  press: (key: string) => void;
}

/** A telephone's keys; those that lead somewhere stand out. */
export function KeyPad({ outlets, press }: KeyPadProps): ReactElement {
  const { t } = useFlowWords();
  return (
    <div className="try-pad" role="group" aria-label={t("try.pad")}>
      {[...KEYS.slice(0, 9), "*", "0", "#"].map((key) => (
        <button key={key} type="button" className={outlets?.[key] === undefined ? "" : "leads"} aria-label={t("try.key", { key })} onClick={() => { press(key); }}>
          {key}
        </button>
      ))}
    </div>
  );
}
