import type { NowFigure, Tile, TileContent } from "@lingtong/api";
import { columnsOf, isStaff, REPORT_BY, REPORT_PERIODS, reportToSearch, titleIn, type ReportBy, type ReportDraft, type ReportPeriod } from "@lingtong/model";
import { kindOfTile, NOW_FIGURES } from "@lingtong/model/dashboard";
import { Panel } from "@lingtong/ui";
import { Button, Checkbox, Input, Select } from "antd";
import { useId, type ReactElement, type ReactNode } from "react";
import { useSpan, useSubjects } from "../reports/useReport";
import { subjectName, useReportWords } from "../reports/words";
import { useLivePart } from "../useLive";
import type { Editor } from "./useEditor";
import { draftOf, useBoardWords } from "./words";

const TITLE_LETTERS = 60;
const NOTE_LETTERS = 2_000;
const MOST_QUEUES = 50;

type Change = (shows: TileContent, about?: string) => void;

function Field({ name, children }: { name: string; children: (id: string) => ReactNode }): ReactElement {
  const id = useId();
  return (
    <div className="tile-field">
      <label htmlFor={id}>{name}</label>
      {children(id)}
    </div>
  );
}

function QueueField({ queues, change }: { queues: readonly string[]; change: (queues: string[]) => void }): ReactElement {
  const { t, language } = useBoardWords();
  const all = useLivePart((board) => board?.queues);
  const known = [...(all?.values() ?? [])].map((queue) => ({ value: queue.id, label: titleIn(queue.title, language) || queue.name }));
  return (
    <Field name={t("field.queues")}>
      {(id) => (
        <Select
          id={id}
          mode="multiple"
          allowClear
          maxCount={MOST_QUEUES}
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("allQueues")}
          value={[...queues]}
          // A queue that was removed since is named by its id, so that it can be taken out.
          options={[...known, ...queues.filter((queue) => !known.some((one) => one.value === queue)).map((queue) => ({ value: queue, label: queue }))]}
          onChange={change}
        />
      )}
    </Field>
  );
}

function NowFields({ shows, change }: { shows: Extract<TileContent, { kind: "now" }>; change: Change }): ReactElement {
  const { t } = useBoardWords();
  return (
    <>
      <Field name={t("field.figure")}>
        {(id) => (
          <Select
            id={id}
            value={shows.figure}
            options={NOW_FIGURES.map((figure) => ({ value: figure, label: t(`now.${figure}`) }))}
            onChange={(figure: NowFigure) => {
              change({ ...shows, figure });
            }}
          />
        )}
      </Field>
      <QueueField
        queues={shows.queues}
        change={(queues) => {
          change({ ...shows, queues });
        }}
      />
    </>
  );
}

function ReportFields({ shows, change }: { shows: Extract<TileContent, { kind: "report" }>; change: Change }): ReactElement {
  const { t } = useBoardWords();
  const { t: reports, language } = useReportWords();
  const draft = draftOf(shows.query);
  const { span } = useSpan(draft);
  const subjects = useSubjects(draft, span);
  const put = (part: Partial<ReportDraft>): void => {
    const next = { ...draft, ...part };
    const columns = columnsOf(next.by);
    const pairs = Object.entries(reportToSearch(next)).map(([key, value]): [string, string] => [key, String(value)]);
    const column = columns.some((one) => one.id === shows.column) ? shows.column : (columns[0]?.id ?? "");
    change({ ...shows, column, query: new URLSearchParams(pairs).toString() });
  };
  return (
    <>
      <Field name={reports("by.label")}>
        {(id) => (
          <Select
            id={id}
            value={draft.by}
            options={REPORT_BY.map((by) => ({ value: by, label: reports(`by.${by}`) }))}
            onChange={(by: ReportBy) => {
              put({ by, subjects: [], focus: "" });
            }}
          />
        )}
      </Field>
      <Field name={t("field.figure")}>
        {(id) => (
          <Select
            id={id}
            value={shows.column}
            options={columnsOf(draft.by).map((column) => ({ value: column.id, label: reports(`name.${column.id}`) }))}
            onChange={(column: string) => {
              change({ ...shows, column });
            }}
          />
        )}
      </Field>
      <Field name={reports("period.label")}>
        {(id) => (
          <Select
            id={id}
            value={draft.period}
            options={REPORT_PERIODS.filter((period) => period !== "custom").map((period) => ({ value: period, label: reports(`period.${period}`) }))}
            onChange={(period: ReportPeriod) => {
              put({ period });
            }}
          />
        )}
      </Field>
      {shows.form === "ranking" ? null : (
        <Field name={t("field.subject")}>
          {(id) => (
            <Select
              id={id}
              allowClear
              showSearch={{ optionFilterProp: "label" }}
              placeholder={t("busiest")}
              value={draft.focus === "" ? null : draft.focus}
              options={subjects.map((line) => ({ value: line.subject.id, label: subjectName(reports, language, line.subject) }))}
              onChange={(focus?: string) => {
                put({ focus: focus ?? "" });
              }}
            />
          )}
        </Field>
      )}
      {shows.form === "figure" ? (
        <Checkbox
          checked={draft.compare}
          onChange={(event) => {
            put({ compare: event.target.checked });
          }}
        >
          {reports("compare")}
        </Checkbox>
      ) : null}
      {isStaff(draft.by) ? <p className="faint">{t("staffHint")}</p> : null}
    </>
  );
}

function ContentFields({ tile, change }: { tile: Tile; change: Change }): ReactElement | null {
  const { t } = useBoardWords();
  const { shows } = tile;
  switch (shows.kind) {
    case "now":
      return <NowFields shows={shows} change={change} />;
    case "queues":
      return (
        <QueueField
          queues={shows.queues}
          change={(queues) => {
            change({ ...shows, queues });
          }}
        />
      );
    case "report":
      return <ReportFields shows={shows} change={change} />;
    case "note":
      return (
        <Field name={t("field.text")}>
          {(id) => (
            <Input.TextArea
              id={id}
              rows={5}
              maxLength={NOTE_LETTERS}
              value={shows.text}
              onChange={(event) => {
                change({ ...shows, text: event.target.value }, "text");
              }}
            />
          )}
        </Field>
      );
    case "agents":
    case "alarms":
      return null;
  }
}

/** What the chosen tile shows, and under which title. */
export function TileForm({ editor, tile, at }: { editor: Editor; tile: Tile; at: number }): ReactElement {
  const { t } = useBoardWords();
  return (
    <Panel
      className="tile-form"
      title={t(`kind.${kindOfTile(tile.shows)}`)}
      extra={
        <Button
          type="text"
          aria-label={t("close")}
          onClick={() => {
            editor.choose(null);
          }}
        >
          ✕
        </Button>
      }
    >
      <Field name={t("field.title")}>
        {(id) => (
          <Input
            id={id}
            maxLength={TITLE_LETTERS}
            placeholder={t("usualTitle")}
            value={tile.title}
            onChange={(event) => {
              editor.changeTile(at, { title: event.target.value }, `title ${String(at)}`);
            }}
          />
        )}
      </Field>
      <ContentFields
        tile={tile}
        change={(shows, about) => {
          editor.changeTile(at, { shows }, about === undefined ? undefined : `${about} ${String(at)}`);
        }}
      />
    </Panel>
  );
}
