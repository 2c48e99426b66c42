import type { FlowKinds, Prompt } from "@lingtong/api";
import { placesOf, type ExpressionWords, type FlowDocument, type KindForm, type Place } from "@lingtong/model/flow";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useServices } from "../services";
import { useQueueTitles } from "../settings/useNames";
import type { Bank, BankPrompt } from "./summary";

/** Databases that a form offers; a centre of more types the name. */
const DATABASES = 1_000;
const NO_WORDS: ExpressionWords = { variables: [], functions: [], queue_figures: [], max_chars: 500 };

/** Music that every centre has. */
const SHIPPED_MUSIC = "default";

function bankPrompt({ name, title, words, sounds }: Prompt): BankPrompt {
  const text = (of: "zh" | "en"): string => words[of] || title[of] || title[of === "zh" ? "en" : "zh"] || name;
  return { id: name, zh: text("zh"), en: text("en"), languages: sounds.map((sound) => sound.language) };
}

export interface Forms {
  kinds: readonly KindForm[];
  byName: ReadonlyMap<string, KindForm>;
  bank: Bank;
  queueNames: readonly string[];
  places: (flow: FlowDocument) => ReadonlyMap<string, Place>;
}

/** What flows are drawn with: kinds of nodes, prompts, queues. */
export function useForms(): { forms: Forms; query: UseQueryResult<FlowKinds> } {
  const services = useServices();
  const query = useQuery({ queryKey: ["flow-kinds"], staleTime: Infinity, queryFn: ({ signal }) => services.flows.kinds(signal) });
  const queues = useQueueTitles();
  const databases = useQuery({ queryKey: ["settings", "database", "for-flows"], queryFn: ({ signal }) => services.settings.list("database", { limit: DATABASES }, signal) });
  const prompts = useQuery({ queryKey: ["prompts"], queryFn: ({ signal }) => services.prompts.list(signal) });
  const kinds = useMemo(() => (query.data?.kinds ?? []) as unknown as KindForm[], [query.data]);
  const byName = useMemo(() => new Map(kinds.map((form) => [form.kind, form])), [kinds]);
  const bank = useMemo((): Bank => {
    const known = (prompts.data?.items ?? []).map(bankPrompt);
    const spoken = known.filter((prompt) => prompt.languages.some((one) => one !== "music"));
    const music = known.filter((prompt) => prompt.languages.includes("music")).map((prompt) => prompt.id);
    return { prompts: new Map(spoken.map((prompt) => [prompt.id, prompt])), speaks: prompts.data?.speaks ?? false, music: [...new Set([SHIPPED_MUSIC, ...music])], queues, databases: (databases.data?.items ?? []).map((one) => one.name), expression: { words: query.data?.expression ?? NO_WORDS, own: [] } };
  }, [prompts.data, queues, databases.data, query.data]);
  const places = useCallback((flow: FlowDocument) => placesOf(flow, byName), [byName]);
  const queueNames = useMemo(() => [...bank.queues.keys()], [bank]);
  return { forms: useMemo(() => ({ kinds, byName, bank, queueNames, places }), [kinds, byName, bank, queueNames, places]), query };
}
