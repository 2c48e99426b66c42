import { linePath, lonely, roundTicks, stacked, stepPath } from "@lingtong/model";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactElement } from "react";

export interface PlotSeries {
  name: string;
  values: readonly (number | null)[];
  /** A colour of the palette, such as `--accent`. */
  color: string;
  dashed?: boolean;
}

export interface PlotProps {
  /** What the plot is of. */
  label: string;
  /** `line`: a value at each place; `step`: a value for each stretch, from zero up; `stack`: such values upon each other. */
  kind: "line" | "step" | "stack";
  /** The name of each place, as short as it stands on the axis. */
  places: readonly string[];
  series: readonly PlotSeries[];
  format: (value: number) => string;
  /** The highest value shown; what is above it runs out of the picture. */
  most?: number;
  /** The place that all is about. */
  mark?: number;
  /** The least step of the axis: counts have no halves. */
  least?: number;
  /** What stands for a value that is not there; endless when absent. */
  missing?: string;
  /** Pixels; the usual when absent. */
  height?: number;
  /** A level that is aimed at. */
  goal?: { value: number; name: string };
}

const USUAL_HEIGHT = 190;
const PAD = { top: 14, right: 14, bottom: 24, left: 46 } as const;
const TICKS = 4;
/** A name on the axis takes about so much, pixels. */
const NAME_WIDTH = 48;
const LETTER_WIDTH = 6;
const NAME_GAP = 14;
/** How far the values of a single place stand from each other, pixels at most. */
const SINGLE_WIDTH = 110;

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(480);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.max(200, Math.round(entry.contentRect.width)));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [box, width];
}

/** A small plot in the palette's colours: what stands at a place is read out by pointer and by arrow keys. */
export function Plot({ label, kind, places, series, format, most, mark, least = 0, missing = "∞", goal, height = USUAL_HEIGHT }: PlotProps): ReactElement {
  const [box, width] = useWidth();
  const clip = useId();
  const [at, setAt] = useState<number | null>(null);
  const stretches = kind !== "line";
  const drawn = kind === "stack" ? stacked(series.map((one) => one.values)) : series.map((one) => one.values);
  const finite = drawn.flatMap((values) => values.filter((value) => value !== null));
  const highest = most ?? Math.max(least, ...finite);
  const ticks = roundTicks(highest, least > 0 ? Math.min(TICKS, Math.ceil(highest / least)) : TICKS);
  const top = most ?? ticks.at(-1) ?? 1;
  const inner = width - PAD.left - PAD.right;
  const slot = stretches ? inner / places.length : inner / Math.max(1, places.length - 1);
  // A single place has no course: it stands in the middle, its values side by side and written out.
  const single = kind === "line" && places.length === 1;
  const x = (index: number): number => (single ? PAD.left + inner / 2 : PAD.left + slot * (stretches ? index + 0.5 : index));
  const beside = (of: number): number => x(0) + (of - (series.length - 1) / 2) * Math.min(SINGLE_WIDTH, inner / series.length);
  const y = (value: number): number => PAD.top + (height - PAD.top - PAD.bottom) * (1 - value / top);
  const nameWidth = Math.max(NAME_WIDTH, NAME_GAP + LETTER_WIDTH * Math.max(0, ...places.map((place) => place.length)));
  const every = Math.max(1, Math.ceil((places.length * nameWidth) / inner));
  const shown = at !== null && at < places.length ? at : null;

  const point = (event: PointerEvent<SVGSVGElement>): void => {
    if (single) {
      setAt(0);
      return;
    }
    const place = (event.clientX - event.currentTarget.getBoundingClientRect().left - PAD.left) / slot;
    const index = stretches ? Math.floor(place) : Math.round(place);
    setAt(Math.min(places.length - 1, Math.max(0, index)));
  };
  const step = (event: KeyboardEvent): void => {
    const move = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (move === 0) return;
    event.preventDefault();
    setAt((before) => Math.min(places.length - 1, Math.max(0, (before ?? mark ?? 0) + (before === null ? 0 : move))));
  };

  return (
    <div
      ref={box}
      className="plot"
      role="group"
      aria-label={label}
      tabIndex={0}
      onKeyDown={step}
      onBlur={() => {
        setAt(null);
      }}
    >
      <svg
        width={width}
        height={height}
        aria-hidden="true"
        onPointerMove={point}
        onPointerLeave={() => {
          setAt(null);
        }}
      >
        <clipPath id={clip}>
          <rect x={PAD.left} y={PAD.top - 2} width={inner} height={height - PAD.top - PAD.bottom + 4} />
        </clipPath>
        {ticks.filter((tick) => tick <= top).map((tick) => (
          <g key={tick}>
            <line className="plot-grid" x1={PAD.left} x2={width - PAD.right} y1={y(tick)} y2={y(tick)} />
            <text className="plot-tick" x={PAD.left - 6} y={y(tick) + 4} textAnchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {places.map((place, index) =>
          index % every === 0 ? (
            // Two places of different days may have one name.
            <text key={index} className="plot-tick" x={x(index)} y={height - 7} textAnchor="middle">
              {place}
            </text>
          ) : null,
        )}
        {single ? series.map((one, of) => {
          const value = one.values[0];
          return value === null || value === undefined ? null : (
            <g key={one.name} style={{ ["--tone" as string]: `var(${one.color})` }}>
              <line className="plot-line" x1={beside(of)} x2={beside(of)} y1={y(0)} y2={y(Math.min(value, top))} strokeDasharray={one.dashed === true ? "5 4" : undefined} />
              <circle className="plot-dot" cx={beside(of)} cy={y(Math.min(value, top))} r={4} />
              <text className="plot-tick" x={beside(of) + 9} y={Math.max(PAD.top, y(Math.min(value, top))) + 4}>{format(value)}</text>
            </g>
          );
        }) : null}
        <g clipPath={`url(#${clip})`}>
          {single ? null : kind === "stack"
            ? // From the highest down, so that each covers what is below it.
              drawn.map((values, index) => ({ values, one: series[index] })).toReversed().map(({ values, one }) =>
                one === undefined ? null : (
                  <path
                    key={one.name}
                    className="plot-stack"
                    style={{ ["--tone" as string]: `var(${one.color})` }}
                    d={`${stepPath(values.map((value) => value ?? 0), PAD.left, slot, y)}V${String(y(0))}H${String(PAD.left)}Z`}
                  />
                ),
              )
            : series.map((one) => {
                const steps = stepPath(one.values.map((value) => value ?? 0), PAD.left, slot, y);
                const path = kind === "step" ? steps : linePath(one.values.map((value, index) => [x(index), value === null ? null : y(value)]));
                const style = { ["--tone" as string]: `var(${one.color})` };
                return (
                  <g key={one.name} style={style}>
                    {kind === "step" && one.dashed !== true ? (
                      <path className="plot-area" d={`${steps}V${String(y(0))}H${String(PAD.left)}Z`} />
                    ) : null}
                    <path className="plot-line" d={path} strokeDasharray={one.dashed === true ? "5 4" : undefined} />
                    {kind === "line" ? lonely(one.values).map((index) => (
                      <circle key={index} className="plot-dot" cx={x(index)} cy={y(one.values[index] ?? 0)} r={2.5} />
                    )) : null}
                  </g>
                );
              })}
        </g>
        {goal === undefined ? null : (
          <g>
            <line className="plot-goal" x1={PAD.left} x2={width - PAD.right} y1={y(goal.value)} y2={y(goal.value)} />
            <text className="plot-goal-name" x={width - PAD.right} y={y(goal.value) - 4} textAnchor="end">
              {goal.name}
            </text>
          </g>
        )}
        {mark === undefined ? null : (
          <line className="plot-mark" x1={x(mark)} x2={x(mark)} y1={PAD.top} y2={height - PAD.bottom} />
        )}
        {shown === null || single ? null : (
          <g>
            <line className="plot-here" x1={x(shown)} x2={x(shown)} y1={PAD.top} y2={height - PAD.bottom} />
            {series.map((one, index) => {
              const value = drawn[index]?.[shown];
              return value === null || value === undefined || value > top ? null : (
                <circle key={one.name} cx={x(shown)} cy={y(value)} r={3.5} fill={`var(${one.color})`} />
              );
            })}
          </g>
        )}
      </svg>
      <p className="plot-legend num" role="status">
        {shown === null ? null : <b>{places[shown]}</b>}
        {series.map((one) => {
          const value = shown === null ? undefined : one.values[shown];
          return (
            <span key={one.name}>
              <i data-dashed={one.dashed === true} style={{ ["--tone" as string]: `var(${one.color})` }} />
              {one.name} {shown === null ? null : <b>{value === null || value === undefined ? missing : format(value)}</b>}
            </span>
          );
        })}
      </p>
    </div>
  );
}
