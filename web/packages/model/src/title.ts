import type { Title } from "@lingtong/api";

/** What people read of a thing in the language of their screen, such as `zh-CN`. */
export function titleIn(title: Title | null | undefined, language: string): string {
  if (title === null || title === undefined) return "";
  return language.toLowerCase().startsWith("zh") ? title.zh : title.en;
}
