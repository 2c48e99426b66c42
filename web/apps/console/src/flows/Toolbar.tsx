import {
  ArrowLeftOutlined,
  CloudUploadOutlined,
  EllipsisOutlined,
  FileTextOutlined,
  FireOutlined,
  HistoryOutlined,
  PartitionOutlined,
  PlayCircleOutlined,
  RedoOutlined,
  SearchOutlined,
  UndoOutlined,
} from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Dropdown, Tooltip, type MenuProps } from "antd";
import type { ReactElement, ReactNode } from "react";
import type { Saving } from "./useDrawing";
import { useFlowWords } from "./words";

interface ToolbarProps {
  title: string;
  name: string;
  version: number | null;
  /** A version that a share of the callers walks. */
  canary: { version: number; share_percent: number } | null;
  saving: Saving;
  writable: boolean;
  canUndo: boolean;
  canRedo: boolean;
  sound: boolean;
  trying: boolean;
  menu: MenuProps;
  undo: () => void;
  redo: () => void;
  layOut: () => void;
  note: () => void;
  find: () => void;
  attempt: () => void;
  /** Shows real calls on the drawing; null for whoever may not see them. */
  heat: (() => void) | null;
  heating: boolean;
  versions: () => void;
  publish: () => void;
}

function Tool({ label, icon, disabled, pressed, onClick }: { label: string; icon: ReactNode; disabled?: boolean; pressed?: boolean; onClick: () => void }): ReactElement {
  return (
    <Tooltip title={label} placement="bottom">
      <Button type="text" icon={icon} aria-label={label} aria-pressed={pressed} className={pressed === true ? "pressed" : ""} disabled={disabled === true} onClick={onClick} />
    </Tooltip>
  );
}

function State({ saving, version, writable }: Pick<ToolbarProps, "saving" | "version" | "writable">): ReactElement {
  const { t } = useFlowWords();
  const words: Readonly<Record<Saving, string>> = {
    saving: t("bar.saving"),
    saved: t("bar.saved"),
    failed: t("bar.notSaved"),
    published: t("bar.published", { version: version ?? 1 }),
    new: t("bar.newFlow"),
  };
  return (
    <span className={`flow-saving ${saving}`} role="status">
      {writable ? words[saving] : t("bar.readOnly")}
    </span>
  );
}

/** What can be done with the drawing as a whole. */
export function Toolbar(props: ToolbarProps): ReactElement {
  const { title, name, version, canary, saving, writable, canUndo, canRedo, sound, trying, menu } = props;
  const { t } = useFlowWords();
  return (
    <header className="flow-bar" role="toolbar" aria-label={t("list.title")}>
      <Link to="/flows" className="icon-button" aria-label={t("bar.back")} title={t("bar.back")}>
        <ArrowLeftOutlined />
      </Link>
      <div className="flow-bar-title">
        <h1>{title}</h1>
        <code>{name}</code>
        {version === null ? null : <span className="flow-badge published">{t("list.version", { version })}</span>}
        {canary === null ? null : <span className="flow-badge canary-badge">{t("canary.share", { version: canary.version, percent: canary.share_percent })}</span>}
        <State saving={saving} version={version} writable={writable} />
      </div>
      <span className="flow-bar-tools">
        <Tool label={`${t("bar.undo")} (Ctrl Z)`} icon={<UndoOutlined />} disabled={!canUndo} onClick={props.undo} />
        <Tool label={`${t("bar.redo")} (Ctrl Y)`} icon={<RedoOutlined />} disabled={!canRedo} onClick={props.redo} />
        <Tool label={t("bar.layout")} icon={<PartitionOutlined />} disabled={!writable} onClick={props.layOut} />
        <Tool label={t("bar.note")} icon={<FileTextOutlined />} disabled={!writable} onClick={props.note} />
        <Tool label={`${t("bar.find")} (Ctrl F)`} icon={<SearchOutlined />} onClick={props.find} />
      </span>
      <Button icon={<PlayCircleOutlined />} aria-pressed={trying} className={trying ? "pressed" : ""} onClick={props.attempt}>
        {t("bar.try")}
      </Button>
      {props.heat === null ? null : (
        <Button icon={<FireOutlined />} disabled={version === null} aria-pressed={props.heating} className={props.heating ? "pressed" : ""} onClick={props.heat}>
          {t("heat.show")}
        </Button>
      )}
      <Button icon={<HistoryOutlined />} disabled={version === null} onClick={props.versions}>
        {t("bar.versions")}
      </Button>
      {writable ? (
        <Button type="primary" icon={<CloudUploadOutlined />} disabled={!sound || saving === "published"} onClick={props.publish}>
          {t("bar.publish")}
        </Button>
      ) : null}
      <Dropdown menu={menu} trigger={["click"]} placement="bottomRight">
        <Button type="text" icon={<EllipsisOutlined />} aria-label={t("bar.more")} />
      </Dropdown>
    </header>
  );
}
