import type { Interaction } from "@lingtong/api";
import { search, type SearchHit } from "@lingtong/model";
import { Kbd, RelativeTime } from "@lingtong/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Modal } from "antd";
import { useDeferredValue, useState, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { useCommands } from "./useCommands";

/** Calls of a number that the box offers directly. */
const CALLS_OFFERED = 5;

interface Choice {
  id: string;
  label: ReactNode;
  kind: string;
  run: () => void;
}

function useCallsOf(number: string): Interaction[] {
  const { api } = useServices();
  const { data } = useQuery({
    queryKey: ["search", number],
    queryFn: ({ signal }) => api.interactions({ number, limit: CALLS_OFFERED }, signal),
    enabled: number !== "",
    placeholderData: keepPreviousData,
  });
  return number === "" ? [] : (data?.items ?? []);
}

function useChoices(query: string, actions: { openKeys: () => void; signOut: () => void }): Choice[] {
  const { t } = useTranslation(["console", "ui"]);
  const navigate = useNavigate();
  const commands = useCommands(actions);
  const hits = search(query, commands);
  const numberHit = hits.find((hit) => hit.type === "number");
  const calls = useCallsOf(useDeferredValue(numberHit?.number ?? ""));
  const open = (id: string): void => void navigate({ to: "/interactions/$id", params: { id } });
  const choiceOf = (hit: SearchHit): Choice => {
    switch (hit.type) {
      case "number":
        return {
          id: "number",
          label: t("search.number", { number: hit.number }),
          kind: t("search.kindList"),
          run: () => void navigate({ to: "/interactions", search: { period: "all", number: hit.number } }),
        };
      case "interaction":
        return {
          id: "interaction",
          label: t("search.interaction", { id: hit.id }),
          kind: t("search.kindCall"),
          run: () => {
            open(hit.id);
          },
        };
      case "command": {
        const command = commands.find((one) => one.id === hit.command.id);
        return {
          id: hit.command.id,
          label: hit.command.title,
          kind: hit.command.id.startsWith("page.") ? t("search.kindPage") : t("search.kindCommand"),
          run: () => command?.run(),
        };
      }
    }
  };
  const found = calls.map((call) => ({
    id: `call-${call.id}`,
    label: (
      <>
        <span className="num">{call.from}</span> → <span className="num">{call.to}</span>{" "}
        <span className="faint">
          {typeof call.outcome === "string" ? t(`outcome.${call.outcome}`) : null} · <RelativeTime at={call.started_at} />
        </span>
      </>
    ),
    kind: t("search.kindCall"),
    run: () => {
      open(call.id);
    },
  }));
  const [first, ...rest] = hits.map(choiceOf);
  return first === undefined ? found : [first, ...found, ...rest];
}

interface SearchDialogProps {
  close: () => void;
  openKeys: () => void;
  signOut: () => void;
}

/** Commands, pages, and calls by number or id; everything by keyboard. */
export default function SearchDialog({ close, openKeys, signOut }: SearchDialogProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const choices = useChoices(query, { openKeys, signOut });
  const current = Math.min(active, choices.length - 1);
  const pick = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    close();
    choice.run();
  };
  const pressed = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setActive((current + step + choices.length) % Math.max(1, choices.length));
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      pick(choices[current]);
    }
  };
  return (
    <Modal open onCancel={close} footer={null} closable={false} width={580} className="search-dialog" title={null} aria-label={t("search.open")}>
      <input
        className="search-input"
        role="combobox"
        aria-expanded="true"
        aria-controls="search-choices"
        aria-activedescendant={current >= 0 ? `search-choice-${String(current)}` : undefined}
        aria-label={t("search.open")}
        placeholder={t("search.hint")}
        autoFocus
        value={query}
        onKeyDown={pressed}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
      />
      <ul id="search-choices" role="listbox" className="search-choices" aria-label={t("search.results")}>
        {choices.map((choice, index) => (
          <li
            key={choice.id}
            id={`search-choice-${String(index)}`}
            role="option"
            aria-selected={index === current}
            ref={(node) => {
              if (index === current) node?.scrollIntoView({ block: "nearest" });
            }}
            onMouseMove={() => {
              if (index !== current) setActive(index);
            }}
            onClick={() => {
              pick(choice);
            }}
          >
            <span>{choice.label}</span>
            <span className="faint">{choice.kind}</span>
          </li>
        ))}
      </ul>
      {choices.length === 0 ? <p className="search-empty">{t("search.nothing")}</p> : null}
      <p className="search-foot" aria-hidden="true">
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> {t("search.move")}
        </span>
        <span>
          <Kbd>↵</Kbd> {t("search.choose")}
        </span>
        <span>
          <Kbd>Esc</Kbd> {t("search.leave")}
        </span>
      </p>
    </Modal>
  );
}
