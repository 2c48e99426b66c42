import type { PromptUse } from "@lingtong/api";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { usePromptWords } from "./words";

/** What plays a prompt, each with the way there. */
export function UseList({ uses }: { uses: readonly PromptUse[] }): ReactElement {
  const { t } = usePromptWords();
  if (uses.length === 0) return <span className="faint">{t("notUsed")}</span>;
  return (
    <span className="prompt-uses">
      {uses.map(({ kind, name, draft }) =>
        kind === "queue" ? (
          <Link key={`q ${name}`} className="chip" to="/settings/$kind" params={{ kind: "queue" }} search={{ open: name }}>
            {t("queue", { name })}
          </Link>
        ) : (
          <Link key={`f ${name} ${String(draft)}`} className="chip" to="/flows/$name" params={{ name }} search={{}}>
            {t("flow", { name: draft ? t("draft", { name }) : name })}
          </Link>
        ),
      )}
    </span>
  );
}
