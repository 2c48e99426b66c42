import { AudioOutlined } from "@ant-design/icons";
import type { Interaction } from "@lingtong/api";
import { titleIn } from "@lingtong/model";
import { Duration, RelativeTime, timeOfDay, useLocality } from "@lingtong/ui";
import { Link } from "@tanstack/react-router";
import { memo, type ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { DirectionMark } from "./DirectionMark";
import { OutcomeBadge } from "./OutcomeBadge";

const COLUMNS = ["time", "from", "to", "queue", "agent", "outcome", "wait", "talk", "endedBy", "recording"] as const;
const NUMERIC: ReadonlySet<string> = new Set(["wait", "talk"]);

interface RowProps {
  item: Interaction;
  selected: boolean;
  select: (id: string) => void;
}

const Row = memo(function Row({ item, selected, select }: RowProps): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  return (
    <tr data-selected={selected}>
      <td>
        <Link
          to="/interactions/$id"
          params={{ id: item.id }}
          className="row-link"
          data-row={item.id}
          onFocus={() => {
            select(item.id);
          }}
        >
          <span className="num">{timeOfDay(item.started_at, i18n.language, timeZone)}</span>
        </Link>
        <span className="faint row-ago">
          <RelativeTime at={item.started_at} />
        </span>
      </td>
      <td className="num">
        <DirectionMark direction={item.direction} /> {item.from}
      </td>
      <td className="num">{item.to}</td>
      <td>{titleIn(item.queue?.title, i18n.language) || <span className="faint">–</span>}</td>
      <td>
        {item.agent === null || item.agent === undefined ? (
          <span className="faint">–</span>
        ) : (
          <>
            <span className="num">{item.agent.number}</span> <span className="row-agent">{item.agent.name}</span>
          </>
        )}
      </td>
      <td>
        {typeof item.outcome === "string" ? <OutcomeBadge outcome={item.outcome} /> : null}
      </td>
      <td className="right">
        <Duration ms={item.wait_ms} />
      </td>
      <td className="right">{item.talk_ms === 0 ? <span className="faint">–</span> : <Duration ms={item.talk_ms} />}</td>
      <td>{typeof item.ended_by === "string" ? t(`endedBy.${item.ended_by}`) : null}</td>
      <td>
        {item.has_recording ? (
          <AudioOutlined className="row-recording" aria-label={t("hasRecording")} title={t("hasRecording")} />
        ) : null}
      </td>
    </tr>
  );
});

interface TableProps {
  items: readonly Interaction[];
  selected: string;
  select: (id: string) => void;
}

export const InteractionTable = memo(function InteractionTable({ items, selected, select }: TableProps): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  return (
    <table className="data-table">
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <th key={column} scope="col" className={NUMERIC.has(column) ? "right" : undefined}>
              {column === "recording" ? <span className="sr-only">{t("column.recording")}</span> : t(`column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Row key={item.id} item={item} selected={item.id === selected} select={select} />
        ))}
      </tbody>
    </table>
  );
});
