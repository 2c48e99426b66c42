import { Provider as MotionProvider } from "@rc-component/motion";
import { ConfigProvider } from "antd";
import type { Locale } from "antd/es/locale";
import zhCN from "antd/es/locale/zh_CN";
import { createContext, useContext, useEffect, useMemo, useState, type ReactElement, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { antdThemeOf } from "../theme";
import type { ThemeName } from "../tokens";
import { saveTheme, savedTheme, type Language, type ThemeChoice } from "./prefs";

interface Appearance {
  choice: ThemeChoice;
  name: ThemeName;
  choose: (choice: ThemeChoice) => void;
  chooseLanguage: (language: Language) => void;
}

const AppearanceContext = createContext<Appearance>({
  choice: "system",
  name: "light",
  choose: () => undefined,
  chooseLanguage: () => undefined,
});

export function useAppearance(): Appearance {
  return useContext(AppearanceContext);
}

const DARK = "(prefers-color-scheme: dark)";
const REDUCED_MOTION = "(prefers-reduced-motion: reduce)";

/** As the system says, and whenever it says something else. */
function useMedia(media: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(media).matches);
  useEffect(() => {
    const query = matchMedia(media);
    const changed = (): void => {
      setMatches(query.matches);
    };
    query.addEventListener("change", changed);
    return () => {
      query.removeEventListener("change", changed);
    };
  }, [media]);
  return matches;
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

interface AppearanceProps {
  children: ReactNode;
  /** Dialogs and menus are there at once: for a page that is worked with all day on a slow machine. */
  still?: boolean;
  chooseLanguage: (language: Language) => void;
}

/** Theme and component language for everything below. */
export function AppearanceProvider({ children, chooseLanguage, still = false }: AppearanceProps): ReactElement {
  const { i18n } = useTranslation("ui");
  const [choice, setChoice] = useState<ThemeChoice>(savedTheme);
  const systemDark = useMedia(DARK);
  // The style sheet ends transitions without telling of it: nothing may wait for one.
  const motionless = useMedia(REDUCED_MOTION);
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
      chooseLanguage,
    }),
    [choice, name, chooseLanguage],
  );
  const theme = useMemo(() => {
    const made = antdThemeOf(name);
    return still ? { ...made, token: { ...made.token, motion: false } } : made;
  }, [name, still]);
  return (
    <AppearanceContext value={value}>
      <ConfigProvider theme={theme} locale={locale} button={{ autoInsertSpace: false }}>
        {/* Always there, since a provider that comes later would make the page below it anew, and lose what is typed. */}
        <MotionProvider motion={!motionless && !still}>{children}</MotionProvider>
      </ConfigProvider>
    </AppearanceContext>
  );
}
