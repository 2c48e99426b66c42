import { SoundOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState, type ReactElement } from "react";
import { usePromptWords } from "./words";

/** The longest text that the server speaks, characters. */
export const SPOKEN_CHARS = 1_500;

interface SpeakFormProps {
  words: string;
  busy: boolean;
  speak: (text: string) => void;
  close: () => void;
}

/** A text that is to be spoken in the place of a recording. */
export function SpeakForm({ words, busy, speak, close }: SpeakFormProps): ReactElement {
  const { t } = usePromptWords();
  const [text, setText] = useState(words);
  return (
    <div className="prompt-speak">
      <Input.TextArea
        autoFocus
        aria-label={t("speak.text")}
        placeholder={t("speak.text")}
        autoSize={{ minRows: 2, maxRows: 8 }}
        maxLength={SPOKEN_CHARS}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <p className="faint">{t("speak.hint")}</p>
      <span className="prompt-acts">
        <Button
          size="small"
          type="primary"
          icon={<SoundOutlined />}
          loading={busy}
          disabled={text.trim() === ""}
          onClick={() => {
            speak(text);
          }}
        >
          {t("speak.use")}
        </Button>
        <Button size="small" disabled={busy} onClick={close}>
          {t("discard")}
        </Button>
      </span>
    </div>
  );
}
