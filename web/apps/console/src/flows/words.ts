import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { enUS } from "../locales/flows.en-US";
import { zhCN } from "../locales/flows.zh-CN";
import { texts } from "../texts";

// Both languages come with the pages that need them, so that the first screen carries neither.
texts.instance.addResourceBundle("zh-CN", "flows", zhCN);
texts.instance.addResourceBundle("en-US", "flows", enUS);

export type FlowWords = TFunction<"flows">;

export function useFlowWords(): { t: FlowWords; language: string } {
  const { t, i18n } = useTranslation("flows");
  return { t, language: i18n.language };
}

const has = <T extends object>(words: T, key: string): key is Extract<keyof T, string> => Object.hasOwn(words, key);

/** What a kind of node is called; one that this page does not know goes by its own name. */
export function kindName(t: FlowWords, kind: string): string {
  return has(zhCN.kind, kind) ? t(`kind.${kind}`) : kind;
}

export function kindAbout(t: FlowWords, kind: string): string {
  return has(zhCN.about, kind) ? t(`about.${kind}`) : "";
}

export function fieldName(t: FlowWords, field: string): string {
  return has(zhCN.field, field) ? t(`field.${field}`) : field;
}

export function choiceName(t: FlowWords, choice: string): string {
  return has(zhCN.choice, choice) ? t(`choice.${choice}`) : choice;
}

export function portName(t: FlowWords, port: string): string {
  if (/^[0-9*#]$/.test(port)) return t("port.key", { key: port });
  return has(zhCN.port, port) ? t(`port.${port}`) : port;
}
