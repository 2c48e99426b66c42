import { theme as antdTheme, type ThemeConfig } from "antd";
import { fontFamily, monoFamily, palettes, type ThemeName } from "./tokens";

/** Ant Design's tokens made from ours: its components follow the same palette, type scale and radii. */
export function antdThemeOf(name: ThemeName): ThemeConfig {
  const colors = palettes[name];
  return {
    algorithm: name === "dark" ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: {
      colorPrimary: colors.accent,
      colorInfo: colors.accent,
      colorSuccess: colors.ready,
      colorWarning: colors["wrap-up"],
      colorError: colors.alarm,
      colorLink: colors.accent,
      colorTextBase: colors.ink,
      colorBgBase: colors.surface,
      colorBgLayout: colors.bg,
      colorBgContainer: colors.surface,
      colorBgElevated: name === "dark" ? colors.sunken : colors.surface,
      colorBorder: colors["line-strong"],
      colorBorderSecondary: colors.line,
      colorTextPlaceholder: colors["ink-3"],
      colorTextLightSolid: colors["on-accent"],
      fontFamily,
      fontFamilyCode: monoFamily,
      fontSize: 13,
      controlHeight: 32,
      controlHeightSM: 26,
      controlHeightLG: 40,
      borderRadius: 6,
      borderRadiusLG: 8,
      borderRadiusSM: 4,
      lineHeight: 1.5385,
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.18s",
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", fontWeight: 500 },
      Segmented: { trackBg: colors.sunken, itemSelectedBg: colors.surface },
      Tooltip: { colorBgSpotlight: name === "dark" ? "#2c3a44" : "#1c2a35", colorTextLightSolid: "#f2f6f8" },
      Modal: { headerBg: "transparent" },
    },
  };
}
