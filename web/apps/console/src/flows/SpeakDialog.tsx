import { toApiError } from "@lingtong/api";
import { useMutation } from "@tanstack/react-query";
import { Input, Modal } from "antd";
import { useState, type ReactElement } from "react";
import { SPOKEN_CHARS } from "../prompts/SpeakForm";
import { useServices } from "../services";
import type { Bank } from "./summary";
import { useFlowWords } from "./words";

const LANGUAGES = ["zh", "en"] as const;

/** The first name of this form that no prompt has. */
function freeName(bank: Bank): string {
  let number = 1;
  while (bank.prompts.has(`said_${String(number)}`)) number += 1;
  return `said_${String(number)}`;
}

interface SpeakDialogProps {
  bank: Bank;
  close: () => void;
  /** A prompt of this name says it now. */
  made: (name: string) => void;
}

/** Words that are typed where they are needed: the server speaks them, and keeps them as a prompt. */
export function SpeakDialog({ bank, close, made }: SpeakDialogProps): ReactElement {
  const { t } = useFlowWords();
  const { prompts, queries } = useServices();
  const [words, setWords] = useState({ zh: "", en: "" });
  const [name] = useState(() => freeName(bank));
  const speak = useMutation({
    mutationFn: async () => {
      for (const language of LANGUAGES) if (words[language].trim() !== "") await prompts.speak(name, language, words[language]);
    },
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: ["flow-kinds"] }), queries.invalidateQueries({ queryKey: ["prompts"] })]);
      made(name);
    },
  });
  const empty = LANGUAGES.every((language) => words[language].trim() === "");
  return (
    <Modal open centered title={t("speak.title")} okText={t("speak.ok")} cancelText={t("speak.cancel")} okButtonProps={{ disabled: empty, loading: speak.isPending }} onCancel={close} onOk={() => { speak.mutate(); }}>
      <div className="flow-speak">
        {LANGUAGES.map((language) => (
          <label key={language}>
            {t(`choice.${language}`)}
            <Input.TextArea
              autoFocus={language === "zh"}
              aria-label={t(`choice.${language}`)}
              autoSize={{ minRows: 2, maxRows: 6 }}
              maxLength={SPOKEN_CHARS}
              value={words[language]}
              onChange={(event) => {
                setWords({ ...words, [language]: event.target.value });
              }}
            />
          </label>
        ))}
        <p className="faint">{t("speak.hint", { name })}</p>
        {speak.error === null ? null : (
          <p role="alert" className="field-wrong">
            {toApiError(speak.error).message}
          </p>
        )}
      </div>
    </Modal>
  );
}
