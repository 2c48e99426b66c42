import { DesktopOutlined, GlobalOutlined, MoonOutlined, SunOutlined } from "@ant-design/icons";
import { Dropdown } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useAppearance } from "./appearance";
import { LANGUAGES, type ThemeChoice } from "./prefs";

const THEMES: readonly ThemeChoice[] = ["light", "dark", "system"];
const THEME_ICON: Readonly<Record<ThemeChoice, ReactElement>> = {
  light: <SunOutlined />,
  dark: <MoonOutlined />,
  system: <DesktopOutlined />,
};

export function LanguageSwitch(): ReactElement {
  const { t, i18n } = useTranslation("ui");
  const { chooseLanguage } = useAppearance();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        selectable: true,
        selectedKeys: [i18n.language],
        items: LANGUAGES.map((language) => ({
          key: language,
          label: t(`language.${language}`),
          onClick: () => {
            chooseLanguage(language);
          },
        })),
      }}
    >
      <button type="button" className="icon-button" aria-label={t("language.label")} title={t("language.label")}>
        <GlobalOutlined />
      </button>
    </Dropdown>
  );
}

export function ThemeSwitch(): ReactElement {
  const { t } = useTranslation("ui");
  const { choice, choose } = useAppearance();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        selectable: true,
        selectedKeys: [choice],
        items: THEMES.map((theme) => ({
          key: theme,
          icon: THEME_ICON[theme],
          label: t(`theme.${theme}`),
          onClick: () => {
            choose(theme);
          },
        })),
      }}
    >
      <button type="button" className="icon-button" aria-label={t("theme.label")} title={t("theme.label")}>
        {THEME_ICON[choice]}
      </button>
    </Dropdown>
  );
}
