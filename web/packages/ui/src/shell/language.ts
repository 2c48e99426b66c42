import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { preferredLanguage, saveLanguage, type Language } from "./prefs";

/** The words of one application in one language. */
export type Words = (language: Language) => Promise<object>;

/** Each language is its own chunk: a page loads only the one it speaks. */
async function uiWords(language: Language): Promise<object> {
  return language === "en-US" ? (await import("../locales/en-US")).enUS : (await import("../locales/zh-CN")).zhCN;
}

/** An application's texts, under the name that its keys are found by. */
export class Texts {
  readonly instance: i18n = i18next.createInstance();

  constructor(
    private readonly name: string,
    private readonly words: Words,
  ) {}

  async start(): Promise<i18n> {
    const language = preferredLanguage();
    await this.instance.use(initReactI18next).init({
      lng: language,
      ns: [this.name, "ui"],
      defaultNS: this.name,
      resources: {},
      interpolation: { escapeValue: false },
      returnNull: false,
    });
    await this.speak(language);
    return this.instance;
  }

  readonly choose = async (language: Language): Promise<void> => {
    saveLanguage(language);
    await this.speak(language);
  };

  private async speak(language: Language): Promise<void> {
    if (!this.instance.hasResourceBundle(language, this.name)) {
      const [own, shared] = await Promise.all([this.words(language), uiWords(language)]);
      this.instance.addResourceBundle(language, this.name, own);
      this.instance.addResourceBundle(language, "ui", shared);
    }
    await this.instance.changeLanguage(language);
    document.documentElement.lang = language;
  }
}
