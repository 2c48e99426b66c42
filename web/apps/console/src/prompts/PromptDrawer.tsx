import { toApiError, type PromptDetail, type PromptTake, type Spec } from "@lingtong/api";
import { ErrorState, RelativeTime, Skeleton } from "@lingtong/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Drawer, Input, message, Popconfirm } from "antd";
import { useState, type ReactElement } from "react";
import { useServices } from "../services";
import { SoundRow, type Limits } from "./SoundRow";
import { UseList } from "./UseList";
import { LANGUAGES, usePromptWords, type SoundLanguage } from "./words";

interface DrawerProps {
  name: string;
  limits: Limits;
  writable: boolean;
  close: () => void;
}

type Words = PromptDetail["title"];

/** What is written of a prompt: the sound that it has now, other titles. */
function specOf(detail: PromptDetail, change: { title?: Words; words?: Words; audio?: Partial<Record<SoundLanguage, string | null>> }): Spec {
  const now = Object.fromEntries(detail.sounds.flatMap(({ language, audio }) => (typeof audio === "string" ? [[language, audio]] : [])));
  const audio = Object.fromEntries(Object.entries({ ...now, ...change.audio }).filter(([, one]) => typeof one === "string"));
  return { title: change.title ?? detail.title, words: change.words ?? detail.words, audio };
}

function TextForm({ detail, writable, save, saving }: { detail: PromptDetail; writable: boolean; save: (title: Words, words: Words) => void; saving: boolean }): ReactElement {
  const { t } = usePromptWords();
  const [title, setTitle] = useState(detail.title);
  const [words, setWords] = useState(detail.words);
  const changed = JSON.stringify([title, words]) !== JSON.stringify([detail.title, detail.words]);
  const languages = ["zh", "en"] as const;
  return (
    <section className="prompt-text">
      {languages.map((one) => (
        <div key={one}>
          <Input
            aria-label={t(one === "zh" ? "titleZh" : "titleEn")}
            placeholder={t(one === "zh" ? "titleZh" : "titleEn")}
            disabled={!writable}
            maxLength={120}
            value={title[one]}
            onChange={(event) => {
              setTitle({ ...title, [one]: event.target.value });
            }}
          />
          <Input.TextArea
            aria-label={`${t("words")} (${t(`language.${one}`)})`}
            placeholder={`${t("words")} (${t(`language.${one}`)})`}
            disabled={!writable}
            autoSize={{ minRows: 2, maxRows: 8 }}
            maxLength={2000}
            value={words[one]}
            onChange={(event) => {
              setWords({ ...words, [one]: event.target.value });
            }}
          />
        </div>
      ))}
      <p className="faint">{t("wordsText")}</p>
      {writable && changed ? (
        <Button
          type="primary"
          size="small"
          loading={saving}
          onClick={() => {
            save(title, words);
          }}
        >
          {t("save")}
        </Button>
      ) : null}
    </section>
  );
}

function Take({ take, name, back }: { take: PromptTake; name: string; back: (() => void) | null }): ReactElement {
  const { t } = usePromptWords();
  const { prompts } = useServices();
  const language = take.language as SoundLanguage;
  return (
    <li className={take.current ? "prompt-take current" : "prompt-take"}>
      <span>
        <b className="num">{t("version", { version: take.version })}</b> {t(`language.${language}`)} <span className="num">{t("seconds", { seconds: (take.length_ms / 1000).toFixed(1) })}</span>
        <span className="faint">
          {" "}
          {take.made_by} · <RelativeTime at={take.made_at} /> {take.source}
        </span>
      </span>
      <audio controls preload="none" src={prompts.audioUrl(take.audio)} aria-label={`${t("play", { name, language: t(`language.${language}`) })} ${t("version", { version: take.version })}`} />
      {take.current ? (
        <span className="prompt-badge">{t("current")}</span>
      ) : back === null ? null : (
        <Button size="small" onClick={back}>
          {t("back")}
        </Button>
      )}
    </li>
  );
}

/** One prompt: its sound in each language, what it says, what plays it, what it was. */
export function PromptDrawer({ name, limits, writable, close }: DrawerProps): ReactElement {
  const { t } = usePromptWords();
  const { prompts, settings, queries } = useServices();
  const [toast, holder] = message.useMessage();
  const query = useQuery({ queryKey: ["prompt", name], queryFn: ({ signal }) => prompts.get(name, signal) });
  const refresh = (): void => {
    void queries.invalidateQueries({ queryKey: ["prompts"] });
    void queries.invalidateQueries({ queryKey: ["prompt", name] });
    void queries.invalidateQueries({ queryKey: ["flow-kinds"] });
  };
  const write = useMutation({
    mutationFn: ({ spec, revision }: { spec: Spec; revision: string | null | undefined }) => settings.put("prompt", name, spec, typeof revision === "string" ? { revision } : { fresh: true }),
    onSuccess: () => {
      refresh();
      void toast.success(t("saved"));
    },
  });
  const remove = useMutation({
    mutationFn: (revision: string) => settings.remove("prompt", name, revision),
    onSuccess: () => {
      refresh();
      close();
    },
  });
  const failed = write.error ?? remove.error;
  const detail = query.data;
  const put = (change: Parameters<typeof specOf>[1]): void => {
    if (detail !== undefined) write.mutate({ spec: specOf(detail, change), revision: detail.revision });
  };
  return (
    <Drawer open size={620} title={<code className="mono">{name}</code>} onClose={close} className="prompt-drawer">
      {holder}
      {query.isPending ? (
        <Skeleton rows={6} height={40} />
      ) : detail === undefined ? (
        <ErrorState error={toApiError(query.error)} retry={() => void query.refetch()} />
      ) : (
        <>
          {failed === null ? null : (
            <p role="alert" className="field-wrong">
              {[toApiError(failed).message, ...toApiError(failed).problems.map((problem) => problem.message)].join(" ")}
            </p>
          )}
          <h2>{t("sounds")}</h2>
          {LANGUAGES.map((language) => {
            const sound = detail.sounds.find((one) => one.language === language);
            const own = typeof sound?.audio === "string";
            return (
              <SoundRow
                key={language}
                name={name}
                language={language}
                sound={sound}
                limits={limits}
                words={language === "music" || !limits.speaks ? null : detail.words[language]}
                writable={writable}
                taken={(next, at) => {
                  queries.setQueryData(["prompt", name], next);
                  refresh();
                  const seconds = ((next.sounds.find((one) => one.language === at)?.length_ms ?? 0) / 1000).toFixed(1);
                  void toast.success(t("taken", { language: t(`language.${at}`), seconds }));
                }}
                clear={
                  own
                    ? () => {
                        put({ audio: { [language]: null } });
                      }
                    : null
                }
              />
            );
          })}
          <p className="faint">
            {t("fallback")} {t("onlyMusic")}
          </p>
          <p className="faint">{t("limits", { mb: Math.floor(limits.bytes / 1_048_576), minutes: Math.floor(limits.seconds / 60) })}</p>
          <h2>{t("words")}</h2>
          <TextForm
            key={detail.revision ?? ""}
            detail={detail}
            writable={writable}
            saving={write.isPending}
            save={(title, words) => {
              put({ title, words });
            }}
          />
          <h2>{t("usedBy")}</h2>
          <UseList uses={detail.used_by} />
          {detail.versions.length === 0 ? null : (
            <>
              <h2>{t("versions")}</h2>
              <ol className="prompt-takes">
                {detail.versions.map((take) => (
                  <Take
                    key={take.version}
                    take={take}
                    name={name}
                    back={
                      writable
                        ? () => {
                            put({ audio: { [take.language]: take.audio } });
                          }
                        : null
                    }
                  />
                ))}
              </ol>
            </>
          )}
          {writable && typeof detail.revision === "string" ? (
            <Popconfirm
              title={t("remove")}
              description={t(detail.ships ? "removeShipped" : "removeSure")}
              okText={t("removeOk")}
              onConfirm={() => {
                remove.mutate(detail.revision ?? "");
              }}
            >
              <Button danger className="prompt-remove" loading={remove.isPending}>
                {t("remove")}
              </Button>
            </Popconfirm>
          ) : null}
        </>
      )}
    </Drawer>
  );
}
