import { PlusOutlined } from "@ant-design/icons";
import { toApiError, type Prompt } from "@lingtong/api";
import { may, titleIn } from "@lingtong/model";
import { EmptyState, ErrorState, Panel, Skeleton } from "@lingtong/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Modal, Segmented } from "antd";
import { useState, type ReactElement } from "react";
import { PageHead } from "../list/PageHead";
import { useServices } from "../services";
import { useMe } from "../useMe";
import { useTitle } from "../useTitle";
import { PlayButton } from "./PlayButton";
import { PromptDrawer } from "./PromptDrawer";
import { UseList } from "./UseList";
import { LANGUAGES, usePromptWords } from "./words";
import "../flows/flows.css";
import "./prompts.css";

const SHOWN = ["own", "ships", "all"] as const;
const NAME = /^[a-z0-9_-]{1,64}$/;

function Row({ prompt, open }: { prompt: Prompt; open: () => void }): ReactElement {
  const { t, language } = usePromptWords();
  const { prompts } = useServices();
  const title = titleIn(prompt.title, language);
  const said = titleIn(prompt.words, language);
  return (
    <tr>
      <th scope="row" className="prompt-name">
        <button type="button" className="prompt-open" onClick={open}>
          <b>{title === "" ? prompt.name : title}</b>
          <code className="mono">{prompt.name}</code>
        </button>
        {said === "" ? null : <span className="faint prompt-said">{said}</span>}
        {prompt.own ? <span className="prompt-badge">{t(prompt.ships ? "replaces" : "own")}</span> : null}
      </th>
      {LANGUAGES.map((one) => {
        const sound = prompt.sounds.find((candidate) => candidate.language === one);
        const label = t(`language.${one}`);
        return (
          <td key={one} className="num">
            {sound === undefined ? (
              <span className="faint">{one === "music" ? "" : t("missing")}</span>
            ) : (
              <>
                <PlayButton src={typeof sound.audio === "string" ? prompts.audioUrl(sound.audio) : prompts.soundUrl(prompt.name, one)} label={t("play", { name: prompt.name, language: label })} />
                {typeof sound.length_ms === "number" ? t("seconds", { seconds: (sound.length_ms / 1000).toFixed(1) }) : null}
              </>
            )}
          </td>
        );
      })}
      <td>
        <UseList uses={prompt.used_by} />
      </td>
    </tr>
  );
}

function NewPromptDialog({ taken, close, made }: { taken: ReadonlySet<string>; close: () => void; made: (name: string) => void }): ReactElement {
  const { t } = usePromptWords();
  const { settings, queries } = useServices();
  const [name, setName] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const problem = name === "" ? null : taken.has(name) ? t("create.taken") : NAME.test(name) ? null : t("create.wrong");
  const create = (): void => {
    if (name === "" || problem !== null) return;
    settings.put("prompt", name, {}, { fresh: true }).then(
      () => {
        void queries.invalidateQueries({ queryKey: ["prompts"] });
        made(name);
      },
      (error: unknown) => {
        setFailed(toApiError(error).message);
      },
    );
  };
  return (
    <Modal open centered title={t("new")} okText={t("create.ok")} cancelText={t("create.cancel")} okButtonProps={{ disabled: name === "" || problem !== null }} onCancel={close} onOk={create}>
      <label className="flow-field prompt-new">
        <span className="flow-field-name">{t("create.name")}</span>
        <Input
          autoFocus
          className="mono"
          status={problem === null ? "" : "error"}
          value={name}
          onChange={(event) => {
            setName(event.target.value.trim().toLowerCase());
          }}
          onPressEnter={create}
        />
        <span className={problem === null && failed === null ? "faint" : "field-wrong"}>{problem ?? failed ?? t("create.hint")}</span>
      </label>
    </Modal>
  );
}

/** All prompts: one's own, and those that ship. */
export function PromptsPage(): ReactElement {
  const { t, language } = usePromptWords();
  const { prompts } = useServices();
  const me = useMe();
  const navigate = useNavigate();
  const { open } = useSearch({ from: "/shell/prompts" });
  useTitle(t("title"));
  const [shown, setShown] = useState<(typeof SHOWN)[number]>("own");
  const [search, setSearch] = useState("");
  const [creating, setCreating] = useState(false);
  const query = useQuery({ queryKey: ["prompts"], queryFn: ({ signal }) => prompts.list(signal) });
  const all = query.data?.items ?? [];
  const wanted = search.trim().toLowerCase();
  const fits = (prompt: Prompt): boolean =>
    (shown === "all" || (shown === "own" ? prompt.own : prompt.ships)) &&
    [prompt.name, titleIn(prompt.title, language), prompt.words.zh, prompt.words.en].some((text) => text.toLowerCase().includes(wanted));
  const rows = all.filter(fits);
  const writable = may(me, "settings.write");
  const show = (name?: string): void => {
    void navigate({ to: "/prompts", search: name === undefined ? {} : { open: name } });
  };
  const create = writable ? (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("new")}
    </Button>
  ) : null;
  return (
    <div className="page page-fill">
      <PageHead
        title={t("title")}
        lead={t("lead")}
        search={{ text: search, label: t("search"), change: setSearch }}
        before={<Segmented aria-label={t("which")} value={shown} options={SHOWN.map((one) => ({ value: one, label: t(`filter.${one}`) }))} onChange={setShown} />}
      >
        {create}
      </PageHead>
      <Panel className="list-panel">
        {query.isPending ? (
          <Skeleton rows={8} height={26} />
        ) : query.error !== null ? (
          <ErrorState error={toApiError(query.error)} retry={() => void query.refetch()} />
        ) : rows.length === 0 && wanted === "" && shown === "own" ? (
          <EmptyState title={t("empty")} action={create}>
            {t("emptyText")}
          </EmptyState>
        ) : rows.length === 0 ? (
          <EmptyState title={t("none")} />
        ) : (
          <div className="table-scroll">
            <table className="data-table prompt-table">
              <thead>
                <tr>
                  <th scope="col">{t("column.name")}</th>
                  {LANGUAGES.map((one) => (
                    <th key={one} scope="col">
                      {t(`column.${one}`)}
                    </th>
                  ))}
                  <th scope="col">{t("column.used")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((prompt) => (
                  <Row
                    key={prompt.name}
                    prompt={prompt}
                    open={() => {
                      show(prompt.name);
                    }}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      {creating ? (
        <NewPromptDialog
          taken={new Set(all.filter((prompt) => prompt.own).map((prompt) => prompt.name))}
          close={() => {
            setCreating(false);
          }}
          made={(name) => {
            setCreating(false);
            show(name);
          }}
        />
      ) : null}
      {open === undefined || query.data === undefined ? null : (
        <PromptDrawer
          key={open}
          name={open}
          limits={{ bytes: query.data.upload_bytes, seconds: query.data.upload_s, speaks: query.data.speaks }}
          writable={writable}
          close={() => {
            show();
          }}
        />
      )}
    </div>
  );
}
