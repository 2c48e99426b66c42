import { CloseOutlined, SearchOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState, type ReactElement } from "react";
import { useFlowWords } from "./words";

interface FindProps {
  text: string;
  found: readonly string[];
  look: (text: string) => void;
  go: (id: string) => void;
  close: () => void;
}

/** Finds nodes by what they are called and say. */
export function FindBox({ text, found, look, go, close }: FindProps): ReactElement {
  const { t } = useFlowWords();
  const [at, setAt] = useState(-1);
  const step = (by: number): void => {
    if (found.length === 0) return;
    const next = (at + by + found.length) % found.length;
    setAt(next);
    const id = found[next];
    if (id !== undefined) go(id);
  };
  return (
    <div className="flow-find" role="search">
      <Input
        autoFocus
        size="small"
        prefix={<SearchOutlined />}
        value={text}
        placeholder={t("bar.findHint")}
        aria-label={t("bar.find")}
        onChange={(event) => {
          setAt(-1);
          look(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") close();
          else if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <span className="num faint" role="status">
        {text.trim() === "" ? "" : found.length === 0 ? t("bar.notFound") : t("bar.found", { at: Math.max(at, 0) + 1, count: found.length })}
      </span>
      <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("form.close")} onClick={close} />
    </div>
  );
}
