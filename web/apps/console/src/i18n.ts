import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { preferredLanguage, saveLanguage, type Language } from "./prefs";

/** Each language is its own chunk: a page loads only the one it speaks. */
async function bundle(language: Language): Promise<Record<string, object>> {
  if (language === "en-US") {
    const [app, ui] = await Promise.all([import("./locales/en-US"), import("@lingtong/ui/locales/en-US")]);
    return { console: app.enUS, ui: ui.enUS };
  }
  const [app, ui] = await Promise.all([import("./locales/zh-CN"), import("@lingtong/ui/locales/zh-CN")]);
  return { console: app.zhCN, ui: ui.zhCN };
}

async function ensure(instance: i18n, language: Language): Promise<void> {
  if (instance.hasResourceBundle(language, "console")) return;
  for (const [namespace, words] of Object.entries(await bundle(language))) {
    instance.addResourceBundle(language, namespace, words);
  }
}

export async function startI18n(): Promise<i18n> {
  const language = preferredLanguage();
  const instance = i18next.createInstance();
  await instance.use(initReactI18next).init({
    lng: language,
    ns: ["console", "ui"],
    defaultNS: "console",
    resources: { [language]: await bundle(language) },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
  return instance;
}

export async function switchLanguage(instance: i18n, language: Language): Promise<void> {
  await ensure(instance, language);
  saveLanguage(language);
  await instance.changeLanguage(language);
  document.documentElement.lang = language;
}
