import type { Resource } from "@lingtong/api";
import { titleIn, type KindId } from "@lingtong/model";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";

/** Choices that a field offers at once; one types to find others. */
const CHOICES = 50;

/** Queues whose titles are read at once; a centre of more sees the names of the others. */
const TITLES = 1_000;

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

/** What each queue is called, by its name; empty while that is on its way. */
export function useQueueTitles(): ReadonlyMap<string, string> {
  const { settings } = useServices();
  const { i18n } = useTranslation(["console", "ui"]);
  const { data } = useQuery({ queryKey: ["settings", "queue", "titles"], queryFn: ({ signal }) => settings.list("queue", { limit: TITLES }, signal) });
  return useMemo(() => new Map((data?.items ?? []).map((queue) => [queue.name, wordsOf(queue, i18n.language) || queue.name])), [data, i18n.language]);
}
