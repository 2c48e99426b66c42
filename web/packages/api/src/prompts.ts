import { requestsTo, send, type ApiOptions } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Prompt = Schemas["Prompt"];
export type PromptSound = Schemas["PromptSound"];
export type PromptUse = Schemas["PromptUse"];
export type PromptList = Schemas["PromptList"];
export type PromptDetail = Schemas["PromptDetail"];
export type PromptTake = Schemas["PromptTake"];

export interface PromptsApi {
  list: (signal?: AbortSignal) => Promise<PromptList>;
  get: (name: string, signal?: AbortSignal) => Promise<PromptDetail>;
  /** Gives a prompt a recording in a language; one that there is not yet is made. */
  upload: (name: string, language: string, sound: Blob, file: string) => Promise<PromptDetail>;
  /** Has a text spoken, and gives it to a prompt as its recording and its words. */
  speak: (name: string, language: string, text: string) => Promise<PromptDetail>;
  /** What callers hear now. */
  soundUrl: (name: string, language: string) => string;
  /** A recording by its hash. */
  audioUrl: (audio: string) => string;
}

export function createPromptsApi({ baseUrl, fetch: fetcher }: ApiOptions): PromptsApi {
  const root = new URL("api/v1/", baseUrl).href;
  const { get, write } = requestsTo(fetcher, root);
  const path = (name: string): string => `prompts/${encodeURIComponent(name)}`;
  const soundPath = (name: string, language: string): string => `${path(name)}/sounds/${encodeURIComponent(language)}`;
  return {
    list: (signal) => get<PromptList>("prompts", signal),
    get: (name, signal) => get<PromptDetail>(path(name), signal),
    upload: async (name, language, sound, file) => {
      const init = { method: "PUT", body: sound, headers: { accept: "application/json", "content-type": "application/octet-stream" } };
      const response = await send(fetcher, `${root}${soundPath(name, language)}?file=${encodeURIComponent(file)}`, init);
      return (await response.json()) as PromptDetail;
    },
    speak: async (name, language, text) => (await (await write("POST", `${soundPath(name, language)}/speech`, { text })).json()) as PromptDetail,
    soundUrl: (name, language) => root + soundPath(name, language),
    audioUrl: (audio) => `${root}prompt-audio/${encodeURIComponent(audio)}`,
  };
}
