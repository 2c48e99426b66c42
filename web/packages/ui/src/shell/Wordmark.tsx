import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

export function Wordmark(): ReactElement {
  const { t } = useTranslation("ui");
  return (
    <span className="wordmark">
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
        <g fill="currentColor">
          <rect x="3" y="13" width="3" height="6" rx="1.5" />
          <rect x="9" y="8" width="3" height="16" rx="1.5" />
          <rect x="15" y="3" width="3" height="26" rx="1.5" className="wordmark-voice" />
          <rect x="21" y="9" width="3" height="14" rx="1.5" />
          <rect x="27" y="13" width="3" height="6" rx="1.5" />
        </g>
      </svg>
      <span>{t("brand")}</span>
    </span>
  );
}
