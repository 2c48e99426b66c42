import { pagesFor, PATHS, type Command } from "@lingtong/model";
import { LANGUAGES, useAppearance, type ThemeChoice } from "@lingtong/ui";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../useMe";
import { REASONS, useAgentState } from "./useAgentState";

export interface RunnableCommand extends Command {
  run: () => void;
}

const THEMES: readonly ThemeChoice[] = ["light", "dark", "system"];

/** Everything that the search box can do for this person on this page. */
export function useCommands(actions: { openKeys: () => void; signOut: () => void }): RunnableCommand[] {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const navigate = useNavigate();
  const { choose, chooseLanguage } = useAppearance();
  const me = useMe();
  const agent = useAgentState(me.agent_id ?? "");
  const pages = pagesFor(me).map((page) => ({
    id: `page.${page}`,
    title: t(`page.${page}`),
    words: page,
    run: () => void navigate({ to: PATHS[page] }),
  }));
  const states: RunnableCommand[] =
    me.agent_id === null || me.agent_id === undefined
      ? []
      : [
          {
            id: "ready",
            title: t("command.ready"),
            words: "ready",
            run: () => {
              agent.change({ state: "ready" });
            },
          },
          ...REASONS.map((reason) => ({
            id: `not_ready.${reason}`,
            title: t("command.notReady", { reason: t(`ui:reason.${reason}`) }),
            words: `not ready ${reason}`,
            run: () => {
              agent.change({ state: "not_ready", reason });
            },
          })),
        ];
  const looks = THEMES.map((theme) => ({
    id: `theme.${theme}`,
    title: t("command.theme", { theme: t(`ui:theme.${theme}`) }),
    words: `theme ${theme}`,
    run: () => {
      choose(theme);
    },
  }));
  const languages = LANGUAGES.filter((language) => language !== i18n.language).map((language) => ({
    id: `language.${language}`,
    title: t("command.language", { language: t(`ui:language.${language}`) }),
    words: `language ${language}`,
    run: () => {
      chooseLanguage(language);
    },
  }));
  return [
    ...pages,
    ...states,
    ...looks,
    ...languages,
    { id: "page.account", title: t("account.title"), words: "account password", run: () => void navigate({ to: "/account" }) },
    { id: "keys", title: t("keys.title"), words: "keys shortcuts help", keys: "?", run: actions.openKeys },
    { id: "sign-out", title: t("signOut"), words: "logout sign out", run: actions.signOut },
  ];
}
