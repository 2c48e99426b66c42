import { REPORT_BY, REPORT_COLUMN_IDS, type InteractionFilter } from "@lingtong/model";
import { CloseOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactElement } from "react";
import { useServices } from "../services";
import { subjectName, useReportWords } from "./words";
import "./under.css";

interface UnderChipProps {
  filter: InteractionFilter;
  clear: () => void;
}

/** Says of which figure of a report the list shows the interactions, and how many the figure counts. */
export default function UnderChip({ filter, clear }: UnderChipProps): ReactElement {
  const { t, language } = useReportWords();
  const { reports } = useServices();
  const { by, subject, figure, from, to } = filter;
  const query = { by, subject, every: "all", from, to };
  const line = useQuery({ queryKey: ["report", query], queryFn: ({ signal }) => reports.report(query, signal) }).data?.items[0];
  const dimension = REPORT_BY.find((one) => one === by) ?? "direction";
  const column = REPORT_COLUMN_IDS.find((one) => one === figure || `${one}_ms` === figure);
  const name = column === undefined ? t("about.waited_ms") : t(`name.${column}`);
  const counted = line === undefined ? undefined : Object.entries(line).find(([key]) => key === figure)?.[1];
  return (
    <div className="under" role="status">
      <span>
        {line !== undefined && typeof counted === "number" && !figure.endsWith("_ms")
          ? t("under", { by: t(`by.${dimension}`), name: subjectName(t, language, line.subject), figure: name, count: counted })
          : t("underUnknown", { by: `${t(`by.${dimension}`)} ${line === undefined ? subject : subjectName(t, language, line.subject)}`, figure: name })}
      </span>
      <Link to="/reports" className="link-button" search={{ by: dimension, from, to, focus: subject }}>
        {t("backToReport")}
      </Link>
      <Button size="small" type="text" icon={<CloseOutlined />} onClick={clear}>
        {t("clear")}
      </Button>
    </div>
  );
}
