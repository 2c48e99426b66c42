import { Texts } from "@lingtong/ui";

export const texts = new Texts("desk", async (language) =>
  language === "en-US" ? (await import("./locales/en-US")).enUS : (await import("./locales/zh-CN")).zhCN,
);
