import { toApiError } from "@lingtong/api";
import { EmptyState, ErrorState, Skeleton } from "@lingtong/ui";
import { Link, useRouter } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

export function PendingPage(): ReactElement {
  return (
    <div className="page">
      <Skeleton rows={8} height={22} />
    </div>
  );
}

export function FailedPage({ error }: { error: unknown }): ReactElement {
  const router = useRouter();
  return (
    <div className="page">
      <ErrorState error={toApiError(error)} retry={() => void router.invalidate()} />
    </div>
  );
}

export function MissingPage(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <div className="page">
      <EmptyState title={t("missing.title")} action={<Link to="/">{t("missing.home")}</Link>}>
        {t("missing.text")}
      </EmptyState>
    </div>
  );
}
