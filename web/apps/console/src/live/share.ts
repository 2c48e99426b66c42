/** A share in percent; a dash where there is none. */
export function share(value: number | null, digits = 1): string {
  return value === null ? "–" : `${(value * 100).toFixed(digits)}%`;
}
