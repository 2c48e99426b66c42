import { AudioOutlined, SoundOutlined, UploadOutlined } from "@ant-design/icons";
import { toApiError, type PromptDetail, type PromptSound } from "@lingtong/api";
import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { useRef, useState, type ReactElement } from "react";
import { useServices } from "../services";
import { SpeakForm } from "./SpeakForm";
import { useRecorder } from "./useRecorder";
import { usePromptWords, type SoundLanguage } from "./words";

const BYTES_PER_MB = 1_048_576;

/** What an upload may be, as the server says. */
export interface Limits {
  bytes: number;
  seconds: number;
  /** Whether the server speaks texts. */
  speaks: boolean;
}

interface SoundRowProps {
  name: string;
  language: SoundLanguage;
  sound: PromptSound | undefined;
  limits: Limits;
  /** What the prompt says in this language, where texts can be spoken. */
  words: string | null;
  writable: boolean;
  taken: (detail: PromptDetail, language: SoundLanguage) => void;
  /** Takes the own recording away; null where there is none. */
  clear: (() => void) | null;
}

/** The sound of a prompt in one language: to be heard, uploaded and recorded. */
export function SoundRow({ name, language, sound, limits, words, writable, taken, clear }: SoundRowProps): ReactElement {
  const { t } = usePromptWords();
  const { prompts } = useServices();
  const input = useRef<HTMLInputElement>(null);
  const put = useMutation({
    mutationFn: ({ blob, file }: { blob: Blob; file: string }) => prompts.upload(name, language, blob, file),
    onSuccess: (detail) => {
      taken(detail, language);
    },
  });
  const [speaking, setSpeaking] = useState(false);
  const speak = useMutation({
    mutationFn: (text: string) => prompts.speak(name, language, text),
    onSuccess: (detail) => {
      setSpeaking(false);
      taken(detail, language);
    },
  });
  const recorder = useRecorder(limits.seconds, (blob) => {
    put.mutate({ blob, file: `${name}-${language}.wav` });
  });
  const tooLarge = put.variables !== undefined && put.variables.blob.size > limits.bytes;
  const label = t(`language.${language}`);
  const wrong = recorder.refused
    ? t("noMicrophone")
    : put.error === null
      ? speak.error === null
        ? null
        : toApiError(speak.error).message
      : tooLarge
        ? t("tooLarge", { mb: Math.floor(limits.bytes / BYTES_PER_MB) })
        : toApiError(put.error).message;
  return (
    <section className="prompt-sound" aria-label={label} data-language={language}>
      <h3>
        {label}
        {sound === undefined ? null : <span className="faint">{sound.audio === undefined || sound.audio === null ? t("ships") : t("own")}</span>}
      </h3>
      {sound === undefined ? (
        <span className="faint">{t("noneYet")}</span>
      ) : (
        <audio key={sound.audio ?? ""} controls preload="none" src={typeof sound.audio === "string" ? prompts.audioUrl(sound.audio) : prompts.soundUrl(name, language)} aria-label={t("play", { name, language: label })} />
      )}
      {!writable ? null : speaking ? (
        <SpeakForm words={words ?? ""} busy={speak.isPending} speak={speak.mutate} close={() => { setSpeaking(false); }} />
      ) : recorder.seconds === null ? (
        <span className="prompt-acts">
          <input
            ref={input}
            type="file"
            hidden
            accept="audio/*,.wav,.mp3,.flac,.ogg,.opus,.m4a"
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              // The same file may be chosen again.
              event.target.value = "";
              if (file !== undefined) put.mutate({ blob: file, file: file.name });
            }}
          />
          <Button size="small" icon={<UploadOutlined />} loading={put.isPending} onClick={() => input.current?.click()}>
            {t("upload")}
          </Button>
          <Button size="small" icon={<AudioOutlined />} disabled={put.isPending} onClick={recorder.start}>
            {t("record")}
          </Button>
          {words === null ? null : (
            <Button size="small" icon={<SoundOutlined />} disabled={put.isPending} onClick={() => { setSpeaking(true); }}>
              {t("speak.open")}
            </Button>
          )}
          {clear === null ? null : (
            <Button size="small" type="text" danger onClick={clear}>
              {t("clear")}
            </Button>
          )}
        </span>
      ) : (
        <span className="prompt-acts">
          <span className="prompt-live num" role="status">
            {t("recording", { seconds: recorder.seconds })}
          </span>
          <Button size="small" type="primary" onClick={recorder.stop}>
            {t("stop")}
          </Button>
          <Button size="small" onClick={recorder.discard}>
            {t("discard")}
          </Button>
        </span>
      )}
      {wrong === null ? null : (
        <p role="alert" className="field-wrong">
          {wrong}
        </p>
      )}
    </section>
  );
}
