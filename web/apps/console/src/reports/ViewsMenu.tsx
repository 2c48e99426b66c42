import { DeleteOutlined, SaveOutlined, ShareAltOutlined } from "@ant-design/icons";
import { toApiError, type ReportView } from "@lingtong/api";
import { reportFromSearch, reportToSearch, type ReportDraft } from "@lingtong/model";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Popover } from "antd";
import { useState, type ReactElement } from "react";
import { useServices } from "../services";
import { useReportWords } from "./words";

const KEY = ["report-views"];
/** The server takes no longer name. */
const NAME_LETTERS = 80;

/** What the address says of a report, as text to be kept. */
function queryOf(draft: ReportDraft): string {
  const pairs = Object.entries(reportToSearch(draft)).map(([key, value]): [string, string] => [key, String(value)]);
  return new URLSearchParams(pairs).toString();
}

function draftOf(view: ReportView): ReportDraft {
  return reportFromSearch(Object.fromEntries(new URLSearchParams(view.query)));
}

function View({ view, open, forget }: { view: ReportView; open: () => void; forget: () => void }): ReactElement {
  const { t } = useReportWords();
  return (
    <li>
      <button type="button" className="link-button" onClick={open}>
        {view.name}
      </button>
      {view.own ? null : <span className="faint">{view.owner}</span>}
      {view.shared ? <ShareAltOutlined className="faint" aria-label={t("views.shared")} title={t("views.shared")} /> : null}
      {view.own ? (
        <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t("views.forget", { name: view.name })} onClick={forget} />
      ) : null}
    </li>
  );
}

function Views({ draft, show, close }: { draft: ReportDraft; show: (draft: ReportDraft) => void; close: () => void }): ReactElement {
  const { t } = useReportWords();
  const { reports, queries } = useServices();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const views = useQuery({ queryKey: KEY, queryFn: ({ signal }) => reports.views(signal) });
  const items = views.data?.items ?? [];
  const mine = items.find((view) => view.own && view.name === name.trim());
  const changed = (): void => void queries.invalidateQueries({ queryKey: KEY });
  const keep = useMutation({
    mutationFn: () => {
      const wish = { name: name.trim(), shared, query: queryOf(draft) };
      return mine === undefined ? reports.keepView(wish) : reports.changeView(mine.id, wish);
    },
    onSuccess: () => {
      setName("");
      changed();
    },
  });
  const forget = useMutation({ mutationFn: (id: string) => reports.forgetView(id), onSuccess: changed });
  const error = views.error ?? keep.error ?? forget.error;
  return (
    <div className="report-views">
      {items.length === 0 ? <p className="faint">{t("views.none")}</p> : null}
      <ul>
        {items.map((view) => (
          <View
            key={view.id}
            view={view}
            open={() => {
              show(draftOf(view));
              close();
            }}
            forget={() => {
              forget.mutate(view.id);
            }}
          />
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") keep.mutate();
        }}
      >
        <Input
          value={name}
          maxLength={NAME_LETTERS}
          aria-label={t("views.name")}
          placeholder={t("views.name")}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <Checkbox
          checked={shared}
          onChange={(event) => {
            setShared(event.target.checked);
          }}
        >
          {t("views.share")}
        </Checkbox>
        <Button htmlType="submit" type="primary" disabled={name.trim() === ""} loading={keep.isPending}>
          {mine === undefined ? t("views.keep") : t("views.replace")}
        </Button>
      </form>
      {error === null ? null : (
        <p className="field-problem" role="alert">
          {toApiError(error).message}
        </p>
      )}
    </div>
  );
}

/** Reports kept under a name, the own ones and those that others share. */
export function ViewsMenu({ draft, show }: { draft: ReportDraft; show: (draft: ReportDraft) => void }): ReactElement {
  const { t } = useReportWords();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={
        <Views
          draft={draft}
          show={show}
          close={() => {
            setOpen(false);
          }}
        />
      }
    >
      <Button icon={<SaveOutlined />}>{t("views.title")}</Button>
    </Popover>
  );
}
