import type { CSSProperties, ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A key as it is printed on the keyboard. */
export function Kbd({ children }: { children: ReactNode }): ReactElement {
  return <kbd className="kbd">{children}</kbd>;
}

/** Grey bars in the shape of what is coming; told to a screen reader once. */
export function Skeleton({ rows = 6, height = 14 }: { rows?: number; height?: number }): ReactElement {
  const { t } = useTranslation("ui");
  return (
    <div className="skeleton" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} style={{ height, width: `${String(96 - ((index * 17) % 38))}%` }} />
      ))}
    </div>
  );
}

interface PanelProps {
  title?: ReactNode;
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
  style?: CSSProperties;
  label?: string;
}

/** A titled surface: the one container that pages are made of. */
export function Panel({ title, extra, children, className = "", style, label }: PanelProps): ReactElement {
  return (
    <section className={`panel ${className}`} style={style} aria-label={label}>
      {title === undefined && extra === undefined ? null : (
        <header className="panel-head">
          <h2>{title}</h2>
          {extra}
        </header>
      )}
      {children}
    </section>
  );
}

/** One large figure with its name. */
export function Figure({
  label,
  children,
  note,
  tone,
}: {
  label: string;
  children: ReactNode;
  note?: ReactNode;
  tone?: string;
}): ReactElement {
  return (
    <div className="figure" style={tone === undefined ? undefined : { ["--tone" as string]: `var(${tone})` }}>
      <span className="figure-label">{label}</span>
      <span className="figure-value num">{children}</span>
      {note === undefined ? null : <span className="figure-note">{note}</span>}
    </div>
  );
}
