import type { ThemeName } from "../tokens";

export type ThemeChoice = ThemeName | "system";
export const LANGUAGES = ["zh-CN", "en-US"] as const;
export type Language = (typeof LANGUAGES)[number];

const THEME_KEY = "lingtong.theme";
const LANGUAGE_KEY = "lingtong.language";

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is blocked: the choice holds until the page is closed.
  }
}

export function savedTheme(): ThemeChoice {
  const found = read(THEME_KEY);
  return found === "light" || found === "dark" ? found : "system";
}

export function saveTheme(choice: ThemeChoice): void {
  write(THEME_KEY, choice);
}

/** The saved language, else English where the browser asks for it before Chinese, else Chinese. */
export function preferredLanguage(): Language {
  const found = read(LANGUAGE_KEY);
  const saved = LANGUAGES.find((one) => one === found);
  if (saved !== undefined) return saved;
  const wanted = navigator.languages.find((one) => /^(zh|en)\b/i.test(one)) ?? "zh";
  return /^en\b/i.test(wanted) ? "en-US" : "zh-CN";
}

export function saveLanguage(language: Language): void {
  write(LANGUAGE_KEY, language);
}
