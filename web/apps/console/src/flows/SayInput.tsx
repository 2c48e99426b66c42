import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { fromPieces, pieces, type Piece } from "@lingtong/model/flow";
import { Button, Dropdown, Input, Select } from "antd";
import { useState, type ReactElement } from "react";
import { PlayButton } from "../prompts/PlayButton";
import { useServices } from "../services";
import { SpeakDialog } from "./SpeakDialog";
import { pieceText, type Bank } from "./summary";
import { choiceName, useFlowWords } from "./words";

const SORTS = ["prompt", "digits", "number", "money", "date", "named", "music", "tone", "silence_ms"] as const;
type Sort = (typeof SORTS)[number];
const TONES = ["ringback", "busy", "congestion", "comfort"] as const;
/** A piece of each sort as it is first put down. */
const FRESH: Readonly<Record<Sort, (first: string) => Piece>> = {
  prompt: (first) => first,
  digits: () => ({ digits: "$caller" }),
  number: () => ({ number: "$count" }),
  money: () => ({ money: "$amount" }),
  date: () => ({ date: "$date" }),
  named: () => ({ named: "$name" }),
  music: () => ({ music: "default" }),
  tone: () => ({ tone: "busy" }),
  silence_ms: () => ({ silence_ms: 500 }),
};
/** What is typed, and spoken by the server. */
const SPEAK = "speak";
/** Prompts that are put together by the program: digits, numbers, amounts, days. */
const SPOKEN_BY_RULE = /^(?:digit|num|money|date|month|day)_/;

interface SayProps {
  value: unknown;
  fallback: unknown;
  bank: Bank;
  label: string;
  disabled: boolean;
  change: (value: unknown) => void;
}

function PieceInput({ piece, bank, label, disabled, change }: { piece: Piece; bank: Bank; label: string; disabled: boolean; change: (piece: Piece) => void }): ReactElement {
  const { t, language } = useFlowWords();
  if (typeof piece === "string") {
    const known = [...bank.prompts.values()].filter((prompt) => !SPOKEN_BY_RULE.test(prompt.id));
    const options = known.map((prompt) => ({ value: prompt.id, label: pieceText(prompt.id, bank, language), id: prompt.id }));
    if (!bank.prompts.has(piece)) options.unshift({ value: piece, label: piece, id: t("say.unknown") });
    return (
      <Select
        className="say-prompt"
        aria-label={label}
        showSearch={{ filterOption: (typed, option) => `${option?.label ?? ""} ${option?.id ?? ""}`.toLowerCase().includes(typed.toLowerCase()) }}
        disabled={disabled}
        value={piece}
        options={options}
        popupMatchSelectWidth={380}
        optionRender={(option) => (
          <span className="say-option">
            {option.data.label}
            <small>{option.data.id}</small>
          </span>
        )}
        onChange={change}
      />
    );
  }
  const [sort = "", value] = Object.entries(piece)[0] ?? [];
  if (sort === "tone") {
    return <Select aria-label={label} className="say-prompt" disabled={disabled} value={String(value)} options={TONES.map((tone) => ({ value: tone, label: choiceName(t, tone) }))} onChange={(tone: string) => { change({ tone }); }} />;
  }
  if (sort === "music") {
    const name = String(value);
    const names = bank.music.includes(name) ? bank.music : [name, ...bank.music];
    return <Select aria-label={label} className="say-prompt" prefix={<span className="faint">{t("say.music")}</span>} disabled={disabled} value={name} options={names.map((one) => ({ value: one, label: one }))} onChange={(music: string) => { change({ music }); }} />;
  }
  const number = sort === "silence_ms";
  return (
    <Input
      aria-label={label}
      prefix={<span className="faint">{(SORTS as readonly string[]).includes(sort) ? t(`say.${sort as Sort}`) : sort}</span>}
      disabled={disabled}
      value={String(value)}
      placeholder={number ? "500" : t("say.value")}
      onChange={(event) => {
        change({ [sort]: number ? Number(event.target.value.replace(/\D/g, "")) : event.target.value });
      }}
    />
  );
}

/** What is heard of a piece, to be listened to; null where nothing is recorded of it. */
function soundOf(piece: Piece, bank: Bank, language: string): [name: string, language: string] | null {
  if (typeof piece === "string") {
    const spoken = bank.prompts.get(piece)?.languages.filter((one) => one !== "music") ?? [];
    const own = language.startsWith("zh") ? "zh" : "en";
    const heard = spoken.includes(own) ? own : spoken[0];
    return heard === undefined ? null : [piece, heard];
  }
  const { music } = piece as { music?: unknown };
  return typeof music === "string" && bank.music.includes(music) ? [music, "music"] : null;
}

function Listen({ piece, bank }: { piece: Piece; bank: Bank }): ReactElement | null {
  const { t, language } = useFlowWords();
  const { prompts } = useServices();
  const sound = soundOf(piece, bank, language);
  return sound === null ? null : <PlayButton src={prompts.soundUrl(...sound)} label={t("say.listen", { name: sound[0] })} />;
}

/** What is played, piece by piece, with the words that a caller hears. */
export function SayInput({ value, fallback, bank, label, disabled, change }: SayProps): ReactElement {
  const { t, language } = useFlowWords();
  const [speaking, setSpeaking] = useState(false);
  const list = pieces(value);
  const put = (next: readonly Piece[]): void => {
    change(fromPieces(next));
  };
  const [first = "greeting_main"] = bank.prompts.keys();
  return (
    <div className="say">
      {list.length === 0 && fallback !== undefined ? <p className="faint">{pieceText(fallback, bank, language)}</p> : null}
      {list.map((piece, index) => (
        <div key={index} className="say-piece">
          <PieceInput
            piece={piece}
            bank={bank}
            label={label}
            disabled={disabled}
            change={(next) => {
              put(list.map((one, at) => (at === index ? next : one)));
            }}
          />
          <Listen key={JSON.stringify(piece)} piece={piece} bank={bank} />
          {disabled ? null : (
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t("say.remove")}
              onClick={() => {
                put(list.filter((_, at) => at !== index));
              }}
            />
          )}
        </div>
      ))}
      {disabled ? null : (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [...SORTS.map((sort) => ({ key: sort, label: t(`say.${sort}`) })), ...(bank.speaks ? [{ key: SPEAK, label: t("speak.item") }] : [])],
            onClick: ({ key }) => {
              if (key === SPEAK) {
                setSpeaking(true);
                return;
              }
              put([...list, FRESH[key as Sort](bank.prompts.has("greeting_main") ? "greeting_main" : first)]);
            },
          }}
        >
          <Button size="small" type="text" icon={<PlusOutlined />}>
            {t("say.add")}
          </Button>
        </Dropdown>
      )}
      {speaking ? (
        <SpeakDialog
          bank={bank}
          close={() => {
            setSpeaking(false);
          }}
          made={(name) => {
            setSpeaking(false);
            put([...list, name]);
          }}
        />
      ) : null}
    </div>
  );
}
