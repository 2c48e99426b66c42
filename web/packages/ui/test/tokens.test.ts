import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { palettes, type Palette } from "../src/tokens";

const css = readFileSync(new URL("../src/tokens.css", import.meta.url), "utf8");

function block(theme: string): Map<string, string> {
  const found = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  return new Map([...found.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((one) => [one[1] ?? "", one[2] ?? ""]));
}

function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(["light", "dark"] as const)("%s palette", (name) => {
  const palette = palettes[name];

  it("is the same in the style sheet", () => {
    expect(Object.fromEntries(block(name))).toEqual(palette);
  });

  it("can be read: text and states reach 4.5 to 1 on every ground they stand on", () => {
    const texts: (keyof Palette)[] = [
      "ink",
      "ink-2",
      "ink-3",
      "accent",
      "ready",
      "talking",
      "ringing",
      "wrap-up",
      "not-ready",
      "alarm",
      "queued",
      "menu",
      "held",
    ];
    const poor = texts.flatMap((text) =>
      (["surface", "sunken"] as const)
        .filter((ground) => contrast(palette[text], palette[ground]) < 4.5)
        .map((ground) => `${text} on ${ground}: ${contrast(palette[text], palette[ground]).toFixed(2)}`),
    );
    expect(poor).toEqual([]);
    expect(contrast(palette["on-accent"], palette.accent)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.accent, palette["accent-soft"])).toBeGreaterThanOrEqual(4.5);
  });
});
