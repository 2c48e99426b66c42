import { Input } from "antd";
import type { ReactElement, ReactNode } from "react";
import "./list.css";

interface PageHeadProps {
  title: string;
  /** What the page is for, in a sentence. */
  lead: string;
  search: { text: string; label: string; change: (text: string) => void };
  /** What narrows the list, before the search. */
  before?: ReactNode;
  /** What can be done, behind the search. */
  children?: ReactNode;
}

/** The head of a page that is a list: what it is, what it shows, what can be done. */
export function PageHead({ title, lead, search, before, children }: PageHeadProps): ReactElement {
  return (
    <header className="page-head">
      <div>
        <h1>{title}</h1>
        <p>{lead}</p>
      </div>
      {before}
      <Input
        allowClear
        className="page-search"
        value={search.text}
        placeholder={search.label}
        aria-label={search.label}
        onChange={(event) => {
          search.change(event.target.value);
        }}
      />
      {children}
    </header>
  );
}
