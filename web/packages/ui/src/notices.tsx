import type { ApiError } from "@lingtong/api";
import { Button } from "antd";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface NoticeProps {
  glyph: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  role?: "alert" | "status";
}

function Notice({ glyph, title, children, action, role = "status" }: NoticeProps): ReactElement {
  return (
    <div className="notice" role={role}>
      <div className="notice-glyph" aria-hidden="true">
        {glyph}
      </div>
      <h3>{title}</h3>
      {children === undefined ? null : <div className="notice-text">{children}</div>}
      {action === undefined ? null : <div className="notice-action">{action}</div>}
    </div>
  );
}

const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.5, strokeLinecap: "round" } as const;
const emptyGlyph = (
  <svg viewBox="0 0 48 48" width="44" height="44" {...line}>
    <path d="M8 30V14a4 4 0 0 1 4-4h24a4 4 0 0 1 4 4v16M6 30h11l3 5h8l3-5h11v6a4 4 0 0 1-4 4H10a4 4 0 0 1-4-4Z" />
  </svg>
);
const errorGlyph = (
  <svg viewBox="0 0 48 48" width="44" height="44" {...line}>
    <path d="M24 8 42 39H6ZM24 20v9m0 5v.5" />
  </svg>
);
const lockGlyph = (
  <svg viewBox="0 0 48 48" width="44" height="44" {...line}>
    <path d="M12 22h24v18H12zM17 22v-6a7 7 0 0 1 14 0v6m-7 7v5" />
  </svg>
);

/** Nothing to show: says why, and what to do next. */
export function EmptyState({ title, children, action }: Omit<NoticeProps, "glyph" | "role">): ReactElement {
  return (
    <Notice glyph={emptyGlyph} title={title} action={action}>
      {children}
    </Notice>
  );
}

/** Something failed: what, whether anything was lost, and a way to try again. */
export function ErrorState({ error, retry }: { error: ApiError; retry?: () => void }): ReactElement {
  const { t } = useTranslation("ui");
  return (
    <Notice
      role="alert"
      glyph={errorGlyph}
      title={t(`error.${error.kind}.title`)}
      action={
        retry === undefined ? undefined : (
          <Button type="primary" onClick={retry}>
            {t("retry")}
          </Button>
        )
      }
    >
      <p>{t(`error.${error.kind}.text`)}</p>
      {error.requestId === "" ? null : (
        <p className="faint">{t("requestId", { id: error.requestId })}</p>
      )}
    </Notice>
  );
}

/** The role may not see this page. */
export function NoPermission(): ReactElement {
  const { t } = useTranslation("ui");
  return (
    <Notice glyph={lockGlyph} title={t("error.forbidden.title")}>
      <p>{t("error.forbidden.text")}</p>
    </Notice>
  );
}

/** A thin strip while the page works on what it has. */
export function OfflineStrip({ children, retry }: { children: ReactNode; retry: () => void }): ReactElement {
  const { t } = useTranslation("ui");
  return (
    <div className="offline-strip" role="status">
      <span className="pulse" aria-hidden="true" />
      <span>{children}</span>
      <button type="button" className="link-button" onClick={retry}>
        {t("retryNow")}
      </button>
    </div>
  );
}
