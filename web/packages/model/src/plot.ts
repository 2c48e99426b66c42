/** Round values from zero up to at least `most`, about `count` steps of 1, 2 or 5 times a power of ten. */
export function roundTicks(most: number, count: number): number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((times) => times * power >= rough) ?? 10) * power;
  const steps = Math.ceil(most / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** A line through points as the data of an SVG path; it is interrupted where a value is missing. */
export function linePath(points: readonly (readonly [number, number | null])[]): string {
  let open = false;
  return points
    .map(([x, y]) => {
      if (y === null) {
        open = false;
        return "";
      }
      const command = open ? "L" : "M";
      open = true;
      return `${command}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

/** Steps of equal width, each as high as its value. */
export function stepPath(values: readonly number[], left: number, width: number, y: (value: number) => number): string {
  return values
    .map((value, index) => {
      const from = left + index * width;
      return `${index === 0 ? "M" : "L"}${from.toFixed(1)} ${y(value).toFixed(1)}H${(from + width).toFixed(1)}`;
    })
    .join("");
}

/** Each row with all rows before it added; what is missing counts as nothing. */
export function stacked(rows: readonly (readonly (number | null)[])[]): number[][] {
  const sums: number[][] = [];
  for (const row of rows) sums.push(row.map((value, index) => (value ?? 0) + (sums.at(-1)?.[index] ?? 0)));
  return sums;
}

/** The places whose neighbours have no value: a line alone would not show them. */
export function lonely(values: readonly (number | null)[]): number[] {
  const none = (index: number): boolean => values[index] === null || values[index] === undefined;
  return values.flatMap((_, index) => (!none(index) && none(index - 1) && none(index + 1) ? [index] : []));
}
