import { useEffect } from "react";
import { useTranslation } from "react-i18next";

/** Names the page in the browser's tab and history. */
export function useTitle(title: string): void {
  const { t } = useTranslation(["console", "ui"]);
  const brand = t("ui:brand");
  useEffect(() => {
    document.title = `${title} · ${brand}`;
  }, [title, brand]);
}
