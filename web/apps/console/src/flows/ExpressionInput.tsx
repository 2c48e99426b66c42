import { offersAt, offersWithin } from "@lingtong/model/flow";
import { AutoComplete, Input } from "antd";
import { useState, type ReactElement } from "react";
import type { Bank } from "./summary";
import { useFlowWords } from "./words";

interface ExpressionProps {
  label: string;
  value: string;
  bank: Bank;
  disabled: boolean;
  /** It is a text, with expressions within double braces. */
  template?: { placeholder: string; rows: number };
  change: (value: string | undefined) => void;
}

/** An expression, or a text with expressions in it, with what can be typed next. */
export function ExpressionInput({ label, value, bank, disabled, template, change }: ExpressionProps): ReactElement {
  const { t } = useFlowWords();
  const [caret, setCaret] = useState(value.length);
  const { words, own } = bank.expression;
  const offered = template === undefined ? offersAt : offersWithin;
  const offers = offered(value, Math.min(caret, value.length), words, own, [...bank.queues.keys()]);
  const follow = (event: { currentTarget: HTMLTextAreaElement }): void => { setCaret(event.currentTarget.selectionStart); };
  const put = (next: string): void => {
    change(next === "" ? undefined : next);
  };
  return (
    <AutoComplete
      value={value}
      disabled={disabled}
      className="field-expression"
      options={offers.map((offer) => ({ value: offer.text, label: <code>{offer.word}</code> }))}
      onChange={put}
      onSelect={(next: string) => { setCaret(next.length); }}
    >
      <Input.TextArea
        aria-label={label}
        className="mono"
        autoSize={{ minRows: template?.rows ?? 1, maxRows: 8 }}
        {...(template === undefined ? { maxLength: words.max_chars } : {})}
        placeholder={template?.placeholder ?? t("form.expressionHint")}
        onSelect={follow}
        onKeyUp={follow}
      />
    </AutoComplete>
  );
}
