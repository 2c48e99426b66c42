import { CopyOutlined, DeleteOutlined, EditOutlined, FullscreenOutlined, PlusOutlined } from "@ant-design/icons";
import { toApiError, type Dashboard } from "@lingtong/api";
import { EmptyState, ErrorState, Panel, Skeleton, useKeys } from "@lingtong/ui";
import "@lingtong/ui/plot.css";
import "../reports/reports.css";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button, Popconfirm, Select } from "antd";
import { useEffect, useState, type ReactElement } from "react";
import { useServices } from "../services";
import { useTitle } from "../useTitle";
import { BoardEditor } from "./BoardEditor";
import { boardFor, BOARDS_KEY, NAME_LETTERS, remember, useBoards } from "./boards";
import { NewBoard } from "./NewBoard";
import { TileGrid } from "./TileGrid";
import { useBoardWords } from "./words";

interface HeadProps {
  board: Dashboard;
  boards: readonly Dashboard[];
  open: (id: string) => void;
  edit: () => void;
  create: () => void;
  screen: () => void;
}

function Head({ board, boards, open, edit, create, screen }: HeadProps): ReactElement {
  const { t } = useBoardWords();
  const { reports, queries } = useServices();
  const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: BOARDS_KEY });
  const copy = useMutation({
    mutationFn: () => reports.keepDashboard({ name: t("copyOf", { name: board.name }).slice(0, NAME_LETTERS), shared: false, tiles: board.tiles }),
    onSuccess: async (made) => {
      await changed();
      open(made.id);
    },
  });
  const forget = useMutation({
    mutationFn: () => reports.forgetDashboard(board.id),
    onSuccess: async () => {
      open("");
      await changed();
    },
  });
  const error = copy.error ?? forget.error;
  return (
    <>
      <header className="board-head">
        <Select
          className="board-choice"
          aria-label={t("choose")}
          showSearch={{ optionFilterProp: "label" }}
          value={board.id}
          options={boards.map((one) => ({ value: one.id, label: one.own ? one.name : t("ofOwner", { name: one.name, owner: one.owner }) }))}
          onChange={open}
        />
        {board.own && board.shared ? <span className="chip">{t("shared")}</span> : null}
        <span className="board-tools">
          <Button icon={<PlusOutlined />} onClick={create}>
            {t("new")}
          </Button>
          <Button icon={<CopyOutlined />} aria-label={t("copy")} title={t("copy")} loading={copy.isPending} onClick={() => { copy.mutate(); }} />
          {board.own ? (
            <>
              <Popconfirm title={t("forgetAsk", { name: board.name })} okText={t("forget")} cancelText={t("cancel")} onConfirm={() => { forget.mutate(); }}>
                <Button icon={<DeleteOutlined />} aria-label={t("forget")} title={t("forget")} />
              </Popconfirm>
              <Button icon={<EditOutlined />} onClick={edit}>
                {t("edit")}
              </Button>
            </>
          ) : null}
          <Button icon={<FullscreenOutlined />} aria-label={t("screen")} title={t("screen")} onClick={screen} />
        </span>
      </header>
      {error === null ? null : <Alert type="error" showIcon role="alert" title={toApiError(error).message} />}
    </>
  );
}

/** Dashboards: what a person wants to see at a glance, live and over time. */
export function DashboardsPage(): ReactElement {
  const { t } = useBoardWords();
  const { open = "" } = useSearch({ from: "/shell/dashboards" });
  const navigate = useNavigate({ from: "/dashboards" });
  const boards = useBoards();
  const [creating, setCreating] = useState(false);
  const [editing, setEditing] = useState("");
  const items = boards.data?.items ?? [];
  const board = boardFor(items, open);
  useTitle(board?.name ?? t("title"));
  const id = board?.id ?? "";
  useEffect(() => {
    if (id !== "") remember(id);
  }, [id]);
  const show = (next: string): void => {
    void navigate({ search: next === "" ? {} : { open: next } });
  };
  const screen = (): void => {
    if (id !== "") void navigate({ to: "/screen/$id", params: { id } });
  };
  useKeys({
    b: screen,
    e: () => {
      if (board?.own === true) setEditing(id);
    },
  });
  const create = (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("new")}
    </Button>
  );
  const dialog = creating ? (
    <NewBoard
      close={() => {
        setCreating(false);
      }}
      made={(made, blank) => {
        setCreating(false);
        show(made.id);
        if (blank) setEditing(made.id);
      }}
    />
  ) : null;
  if (board !== undefined && editing === id) {
    return (
      <BoardEditor
        key={id}
        board={board}
        done={() => {
          setEditing("");
        }}
      />
    );
  }
  return (
    <div className="page board-page">
      <h1 className="sr-only">{t("title")}</h1>
      {dialog}
      {boards.isPending ? (
        <Panel>
          <Skeleton rows={8} />
        </Panel>
      ) : boards.error !== null ? (
        <Panel>
          <ErrorState error={toApiError(boards.error)} retry={() => void boards.refetch()} />
        </Panel>
      ) : board === undefined ? (
        <Panel>
          <EmptyState title={t(open === "" ? "none" : "gone")} action={create}>
            {t("noneText")}
          </EmptyState>
        </Panel>
      ) : (
        <>
          <Head
            board={board}
            boards={items}
            open={show}
            edit={() => {
              setEditing(id);
            }}
            create={() => {
              setCreating(true);
            }}
            screen={screen}
          />
          {board.tiles.length === 0 ? (
            <Panel>
              <EmptyState title={t("noTiles")}>{t("noTilesText")}</EmptyState>
            </Panel>
          ) : (
            <TileGrid tiles={board.tiles} linked />
          )}
        </>
      )}
    </div>
  );
}
