import { CopyOutlined } from "@ant-design/icons";
import type { InteractionDetail, SipMessage } from "@lingtong/api";
import { clock, layLadder, type Arrow, type Ladder } from "@lingtong/model";
import { EmptyState, Panel, timeOfDay, useKeys, useLocality } from "@lingtong/ui";
import { Button } from "antd";
import { useEffect, useMemo, useRef, useState, type CSSProperties, type ReactElement } from "react";
import { useTranslation } from "react-i18next";

function offset(ms: number): string {
  return `+${(ms / 1000).toFixed(3)}`;
}

/** Place of a lane's line, in percent of the ladder's width. */
function laneAt(index: number, lanes: number): number {
  return ((index + 0.5) / lanes) * 100;
}

/** Scrolls the ladder alone: the page under the reader's eye stays where it is. */
function keepInView(box: HTMLElement, row: Element | null): void {
  if (row === null) return;
  const [outer, inner] = [box.getBoundingClientRect(), row.getBoundingClientRect()];
  const top = outer.top + (box.firstElementChild?.clientHeight ?? 0);
  if (inner.top < top) box.scrollTop -= top - inner.top;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
}

interface ArrowRowProps {
  arrow: Arrow;
  lanes: number;
  selected: boolean;
  choose: (message: SipMessage) => void;
}

function ArrowRow({ arrow, lanes, selected, choose }: ArrowRowProps): ReactElement {
  const { t, i18n } = useTranslation(["console", "ui"]);
  const { timeZone } = useLocality();
  const left = Math.min(laneAt(arrow.from, lanes), laneAt(arrow.to, lanes));
  const width = Math.abs(laneAt(arrow.from, lanes) - laneAt(arrow.to, lanes));
  const { message } = arrow;
  const direction = t(message.direction === "in" ? "ladder.in" : "ladder.out", { peer: message.peer });
  return (
    <button
      type="button"
      className="ladder-row"
      aria-pressed={selected}
      aria-label={`${timeOfDay(message.at, i18n.language, timeZone, true)} ${arrow.label} ${direction}`}
      onClick={() => {
        choose(message);
      }}
    >
      <span className="ladder-time num" title={timeOfDay(message.at, i18n.language, timeZone, true)}>
        {offset(arrow.offsetMs)}
      </span>
      <span className="ladder-lanes">
        <span
          className="ladder-arrow"
          data-class={arrow.class}
          data-again={arrow.retransmission}
          data-toward={arrow.to > arrow.from ? "right" : "left"}
          style={{ left: `${String(left)}%`, width: `${String(width)}%` }}
        >
          <span className="ladder-label">
            {arrow.label}
            {arrow.retransmission ? <em>{t("ladder.again")}</em> : null}
          </span>
        </span>
      </span>
      <span className="ladder-cseq mono">{message.cseq}</span>
    </button>
  );
}

function MessageText({ message }: { message: SipMessage }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const split = message.text.search(/\r?\n\r?\n/);
  const head = split < 0 ? message.text : message.text.slice(0, split);
  const body = split < 0 ? "" : message.text.slice(split).trim();
  const [start = "", ...headers] = head.split(/\r?\n/);
  return (
    <div className="sip-message">
      <header>
        <span>
          {message.direction === "in" ? "←" : "→"} {message.transport} <span className="num">{message.peer}</span>
        </span>
        <Button
          size="small"
          type="text"
          icon={<CopyOutlined />}
          onClick={() => void navigator.clipboard.writeText(message.text)}
        >
          {t("ladder.copy")}
        </Button>
      </header>
      <pre tabIndex={0} aria-label={t("ladder.text")}>
        <b>{start}</b>
        {headers.map((line, index) => {
          const colon = line.indexOf(":");
          return (
            <span key={index}>
              <span className="sip-name">{line.slice(0, colon + 1)}</span>
              {line.slice(colon + 1)}
            </span>
          );
        })}
        {body === "" ? null : <span className="sip-body">{body}</span>}
      </pre>
    </div>
  );
}

function useChosen(ladder: Ladder): [SipMessage | undefined, (message: SipMessage) => void] {
  const messages = useMemo(
    () => ladder.rows.filter((row): row is Arrow => row.type === "message").map((row) => row.message),
    [ladder],
  );
  const [chosen, setChosen] = useState(0);
  const move = (step: number): void => {
    setChosen((before) => Math.min(Math.max(0, before + step), messages.length - 1));
  };
  useKeys({
    j: () => {
      move(1);
    },
    k: () => {
      move(-1);
    },
  });
  return [
    messages[chosen],
    (message) => {
      setChosen(messages.indexOf(message));
    },
  ];
}

/** The SIP messages as a ladder between the parties; the chosen one is shown whole beside it. */
export function LadderPanel({ detail }: { detail: InteractionDetail }): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const ladder = useMemo(() => layLadder(detail), [detail]);
  const [chosen, choose] = useChosen(ladder);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current !== null) keepInView(box.current, box.current.querySelector('[aria-pressed="true"]'));
  }, [chosen]);
  if (chosen === undefined) {
    return (
      <Panel title={t("detail.ladder")}>
        <EmptyState title={t("ladder.none")}>{t("ladder.noneText")}</EmptyState>
      </Panel>
    );
  }
  const lanes = ladder.lanes.length;
  return (
    <Panel className="ladder-panel" title={t("detail.ladder")} extra={<span className="count num">{detail.messages.length}</span>}>
      <div className="ladder-split">
        <div ref={box} className="ladder" style={{ ["--lanes"]: lanes } as CSSProperties}>
          <div className="ladder-heads">
            <span />
            <div>
              {ladder.lanes.map((lane) => (
                <span key={`${lane.role}${lane.peer}`}>
                  <b>{t(`leg.${lane.role}`)}</b>
                  <span className="mono">{lane.peer === "" ? t("ui:brand") : lane.peer}</span>
                </span>
              ))}
            </div>
            <span />
          </div>
          <div className="ladder-rows">
            {ladder.rows.map((row, index) =>
              row.type === "pause" ? (
                <div key={index} className="ladder-pause">
                  <span className="num">{clock(row.durationMs)}</span>
                </div>
              ) : (
                <ArrowRow key={index} arrow={row} lanes={lanes} selected={row.message === chosen} choose={choose} />
              ),
            )}
          </div>
        </div>
        <MessageText message={chosen} />
      </div>
    </Panel>
  );
}
