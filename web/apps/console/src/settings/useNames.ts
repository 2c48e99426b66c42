import type { Resource } from "@lingtong/api";
import { titleIn, type KindId } from "@lingtong/model";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";

/** Choices that a field offers at once; one types to find others. */
const CHOICES = 50;

export interface NamedChoice {
  value: string;
  label: string;
}

/** What people read of a resource beside its name; empty where that says it all. */
export function wordsOf(resource: Resource, language: string): string {
  const { display_name: person, title } = resource.spec;
  if (typeof person === "string") return person;
  if (typeof title === "string") return title;
  const named = title as { zh?: string; en?: string } | undefined;
  return named === undefined ? "" : titleIn({ zh: named.zh ?? "", en: named.en ?? "" }, language);
}

/** The resources of a kind that match, to choose from; undefined while the first are on their way. */
export function useNames(kind: KindId, q = ""): NamedChoice[] | undefined {
  const { settings } = useServices();
  const { i18n } = useTranslation(["console", "ui"]);
  const { data } = useQuery({
    queryKey: ["settings", kind, "names", q],
    queryFn: ({ signal }) => settings.list(kind, { q, limit: CHOICES }, signal),
    placeholderData: keepPreviousData,
  });
  return data?.items.map((resource) => {
    const words = wordsOf(resource, i18n.language);
    return { value: resource.name, label: words === "" ? resource.name : `${resource.name} ${words}` };
  });
}
