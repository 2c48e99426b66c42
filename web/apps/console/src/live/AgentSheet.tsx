import type { LiveAgent } from "@lingtong/api";
import { columnsIn, layGrid, rowsWithin, type AgentGridGroup, type GridRow } from "@lingtong/model";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactElement, type RefObject } from "react";
import { flushSync } from "react-dom";
import { AgentCell } from "./AgentCell";

/** Drawn beyond the window's edge, in CSS pixels: rows are there before they come into sight. */
const BEYOND = 400;
/** What is in sight is looked up anew when it has moved by so much. */
const STEP = 200;

interface Sight {
  from: number;
  to: number;
  columns: number;
}

/** Which part of an element the window shows, and how many agents stand side by side in it. */
function useSight(ref: RefObject<HTMLElement | null>): [Sight, () => void] {
  const [sight, setSight] = useState<Sight>({ from: 0, to: 2 * BEYOND, columns: 1 });
  const look = useCallback(() => {
    const element = ref.current;
    if (element === null) return;
    const { top, width } = element.getBoundingClientRect();
    const from = Math.floor((-top - BEYOND) / STEP) * STEP;
    const to = Math.ceil((window.innerHeight - top + BEYOND) / STEP) * STEP;
    const columns = columnsIn(width);
    setSight((old) => (old.from === from && old.to === to && old.columns === columns ? old : { from, to, columns }));
  }, [ref]);
  useLayoutEffect(look, [look]);
  useEffect(() => {
    let frame = 0;
    const soon = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    const observer = new ResizeObserver(soon);
    if (ref.current !== null) observer.observe(ref.current);
    // Whatever scrolls: such events do not rise, but they are heard on their way down.
    document.addEventListener("scroll", soon, { capture: true, passive: true });
    window.addEventListener("resize", soon);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      document.removeEventListener("scroll", soon, { capture: true });
      window.removeEventListener("resize", soon);
    };
  }, [look, ref]);
  return [sight, look];
}

/** The cell that an arrow leads to from another, as they lie on the screen. */
function neighbour(cells: readonly HTMLElement[], here: HTMLElement, key: string): HTMLElement | undefined {
  const at = cells.indexOf(here);
  const box = here.getBoundingClientRect();
  const below = (one: HTMLElement): boolean => one.getBoundingClientRect().top > box.top + 1;
  const above = (one: HTMLElement): boolean => one.getBoundingClientRect().top < box.top - 1;
  switch (key) {
    case "ArrowLeft":
      return cells[at - 1];
    case "ArrowRight":
      return cells[at + 1];
    case "ArrowDown":
      return cells.slice(at).find((one) => below(one) && one.offsetLeft >= here.offsetLeft) ?? cells.slice(at).findLast(below);
    case "ArrowUp":
      return cells.slice(0, at).findLast((one) => above(one) && one.offsetLeft <= here.offsetLeft);
    default:
      return undefined;
  }
}

function moveFocus(event: KeyboardEvent<HTMLElement>, look: () => void): void {
  const sheet = event.currentTarget;
  const here = document.activeElement;
  if (!(here instanceof HTMLElement) || !here.classList.contains("agent-cell")) return;
  if (!/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) return;
  event.preventDefault();
  const end = event.key === "End";
  const leaps = end || event.key === "Home";
  if (leaps) {
    sheet.scrollIntoView({ block: end ? "end" : "start" });
    // The row that is leapt to is drawn before it can have the focus.
    flushSync(look);
  }
  const cells = [...sheet.querySelectorAll<HTMLElement>(".agent-cell")];
  const next = leaps ? (end ? cells.at(-1) : cells[0]) : neighbour(cells, here, event.key);
  if (next === undefined) return;
  here.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

interface AgentSheetProps {
  groups: readonly AgentGridGroup[];
  titleOf: (key: string) => string;
  open: (agent: LiveAgent) => void;
}

/** The grid of agents, however many: the rows in sight alone are drawn. */
export function AgentSheet({ groups, titleOf, open }: AgentSheetProps): ReactElement {
  const ref = useRef<HTMLDivElement>(null);
  const [sight, look] = useSight(ref);
  const layout = useMemo(() => layGrid(groups, sight.columns), [groups, sight.columns]);
  const rows = rowsWithin(layout.rows, sight.from, sight.to);
  const stop = rows.find((row) => row.head === null)?.first;
  const style = { height: layout.height, "--columns": sight.columns } as CSSProperties;
  const place = (row: GridRow): CSSProperties => ({ top: row.top, height: row.height });
  return (
    <div className="agent-groups">
      <div
        ref={ref}
        className="agent-sheet"
        style={style}
        onKeyDown={(event) => {
          moveFocus(event, look);
        }}
      >
        {rows.map((row) =>
          row.head === null ? (
            <div key={row.key} className="agent-row agent-grid" style={place(row)}>
              {row.agents.map((agent, index) => (
                <AgentCell key={agent.id} agent={agent} tabStop={index === 0 && row.first === stop} open={open} />
              ))}
            </div>
          ) : (
            <h3 key={row.key} className="agent-row" style={place(row)}>
              {titleOf(row.head.key)} <span className="faint num">{row.head.count}</span>
            </h3>
          ),
        )}
      </div>
    </div>
  );
}
