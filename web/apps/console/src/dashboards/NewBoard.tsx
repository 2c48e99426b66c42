import { toApiError, type Dashboard } from "@lingtong/api";
import { TEMPLATES, tilesOf, type TemplateId } from "@lingtong/model/dashboard";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Checkbox, Input, Modal } from "antd";
import { useState, type ReactElement } from "react";
import { useServices } from "../services";
import { BOARDS_KEY, NAME_LETTERS } from "./boards";
import { useBoardWords } from "./words";

/** How the tiles of a template lie. */
function Sketch({ template }: { template: TemplateId }): ReactElement {
  return (
    <span className="board-sketch" aria-hidden="true">
      {tilesOf(template).map((tile, at) => (
        <i key={at} style={{ gridColumn: `span ${String(tile.width)}`, gridRow: `span ${String(tile.height)}` }} />
      ))}
    </span>
  );
}

/** A new dashboard from a template. */
export function NewBoard({ made, close }: { made: (board: Dashboard, blank: boolean) => void; close: () => void }): ReactElement {
  const { t } = useBoardWords();
  const { reports } = useServices();
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const [shared, setShared] = useState(false);
  const [template, setTemplate] = useState<TemplateId>("shift");
  const name = typed.trim() === "" ? t(`template.${template}`) : typed.trim();
  const make = useMutation({
    mutationFn: () => reports.keepDashboard({ name, shared, tiles: [...tilesOf(template)] }),
    onSuccess: async (board) => {
      await queries.invalidateQueries({ queryKey: BOARDS_KEY });
      made(board, template === "blank");
    },
  });
  return (
    <Modal
      open
      centered
      width={720}
      title={t("new")}
      okText={t("make")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: make.isPending }}
      onCancel={close}
      onOk={() => {
        make.mutate();
      }}
    >
      <div className="board-new">
        <div className="board-templates" role="radiogroup" aria-label={t("templates")}>
          {TEMPLATES.map((one) => (
            <button
              key={one}
              type="button"
              role="radio"
              aria-checked={one === template}
              className="board-template"
              onClick={() => {
                setTemplate(one);
              }}
            >
              <Sketch template={one} />
              <b>{t(`template.${one}`)}</b>
              <span>{t(`templateAbout.${one}`)}</span>
            </button>
          ))}
        </div>
        <Input
          maxLength={NAME_LETTERS}
          aria-label={t("name")}
          placeholder={t(`template.${template}`)}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
        <Checkbox
          checked={shared}
          onChange={(event) => {
            setShared(event.target.checked);
          }}
        >
          {t("share")}
        </Checkbox>
        {make.error === null ? null : (
          <p className="field-problem" role="alert">
            {toApiError(make.error).message}
          </p>
        )}
      </div>
    </Modal>
  );
}
