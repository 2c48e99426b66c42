import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { enUS } from "../locales/prompts.en-US";
import { zhCN } from "../locales/prompts.zh-CN";
import { texts } from "../texts";

// Both languages come with the page, so that the first screen carries neither.
texts.instance.addResourceBundle("zh-CN", "prompts", zhCN);
texts.instance.addResourceBundle("en-US", "prompts", enUS);

export type PromptWords = TFunction<"prompts">;

export const LANGUAGES = ["zh", "en", "music"] as const;
export type SoundLanguage = (typeof LANGUAGES)[number];

export function usePromptWords(): { t: PromptWords; language: string } {
  const { t, i18n } = useTranslation("prompts");
  return { t, language: i18n.language };
}
