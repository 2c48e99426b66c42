import { antdThemeOf, type ThemeName } from "@lingtong/ui";
import { ConfigProvider } from "antd";
import type { Locale } from "antd/es/locale";
import zhCN from "antd/es/locale/zh_CN";
import { createContext, useContext, useEffect, useMemo, useState, type ReactElement, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { saveTheme, savedTheme, type ThemeChoice } from "./prefs";

interface Appearance {
  choice: ThemeChoice;
  name: ThemeName;
  choose: (choice: ThemeChoice) => void;
}

const AppearanceContext = createContext<Appearance>({ choice: "system", name: "light", choose: () => undefined });

export function useAppearance(): Appearance {
  return useContext(AppearanceContext);
}

const DARK = "(prefers-color-scheme: dark)";

function useSystemDark(): boolean {
  const [dark, setDark] = useState(() => matchMedia(DARK).matches);
  useEffect(() => {
    const query = matchMedia(DARK);
    const changed = (): void => {
      setDark(query.matches);
    };
    query.addEventListener("change", changed);
    return () => {
      query.removeEventListener("change", changed);
    };
  }, []);
  return dark;
}

function useAntdLocale(language: string): Locale {
  const [locale, setLocale] = useState<Locale>(zhCN);
  useEffect(() => {
    let current = true;
    if (language === "zh-CN") setLocale(zhCN);
    else
      void import("antd/es/locale/en_US").then((module) => {
        if (current) setLocale(module.default);
      });
    return () => {
      current = false;
    };
  }, [language]);
  return locale;
}

/** Theme and component language for everything below. */
export function AppearanceProvider({ children }: { children: ReactNode }): ReactElement {
  const { i18n } = useTranslation(["console", "ui"]);
  const [choice, setChoice] = useState<ThemeChoice>(savedTheme);
  const systemDark = useSystemDark();
  const name: ThemeName = choice === "system" ? (systemDark ? "dark" : "light") : choice;
  const locale = useAntdLocale(i18n.language);
  useEffect(() => {
    document.documentElement.dataset["theme"] = name;
  }, [name]);
  const value = useMemo<Appearance>(
    () => ({
      choice,
      name,
      choose: (next) => {
        saveTheme(next);
        setChoice(next);
      },
    }),
    [choice, name],
  );
  return (
    <AppearanceContext value={value}>
      <ConfigProvider theme={antdThemeOf(name)} locale={locale} button={{ autoInsertSpace: false }}>
        {children}
      </ConfigProvider>
    </AppearanceContext>
  );
}
