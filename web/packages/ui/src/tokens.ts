/** Every colour of the product; `tokens.css` carries the same values, and a test holds the two together. */
export interface Palette {
  /** Behind the panels. */
  bg: string;
  surface: string;
  /** Wells, table heads, hovered rows. */
  sunken: string;
  line: string;
  "line-strong": string;
  ink: string;
  "ink-2": string;
  "ink-3": string;
  accent: string;
  "accent-hover": string;
  "accent-soft": string;
  "on-accent": string;
  ready: string;
  talking: string;
  ringing: string;
  "wrap-up": string;
  "not-ready": string;
  alarm: string;
  queued: string;
  menu: string;
  held: string;
}

export const light: Palette = {
  bg: "#eef1f4",
  surface: "#ffffff",
  sunken: "#f6f8fa",
  line: "#e0e5ea",
  "line-strong": "#c3ccd5",
  ink: "#14202b",
  "ink-2": "#465564",
  "ink-3": "#5a6877",
  accent: "#0b6575",
  "accent-hover": "#0e7c8f",
  "accent-soft": "#e2f1f3",
  "on-accent": "#ffffff",
  ready: "#17803d",
  talking: "#1f62d0",
  ringing: "#1f62d0",
  "wrap-up": "#9a5b00",
  "not-ready": "#647282",
  alarm: "#c4271b",
  queued: "#7a3cb5",
  menu: "#3e6b78",
  held: "#8a5a2b",
};

export const dark: Palette = {
  bg: "#0d1317",
  surface: "#151d23",
  sunken: "#1b252c",
  line: "#26323b",
  "line-strong": "#3b4a55",
  ink: "#e8eef2",
  "ink-2": "#b1bec8",
  "ink-3": "#8b9aa6",
  accent: "#4bb6c6",
  "accent-hover": "#6bc9d7",
  "accent-soft": "#12333a",
  "on-accent": "#06191d",
  ready: "#4cc27a",
  talking: "#77a9ff",
  ringing: "#77a9ff",
  "wrap-up": "#e5a443",
  "not-ready": "#8b9aa6",
  alarm: "#ff7d70",
  queued: "#c09bf0",
  menu: "#86b7c4",
  held: "#d3a376",
};

export const fontFamily =
  'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
export const monoFamily = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

export type ThemeName = "light" | "dark";
export const palettes: Readonly<Record<ThemeName, Palette>> = { light, dark };
