import type { TypedRow } from "./settings";

/** What the router knows of an agent. */
export interface AgentRouting {
  skills?: Record<string, number>;
  order?: number;
  weight?: number;
}

/** An agent's skills as rows. */
export function skillRows(skills: AgentRouting["skills"]): TypedRow[] {
  return Object.entries(skills ?? {}).map(([name, level]) => ({ skill: name, level }));
}

/** Rows as an agent's skills: those without a name yet say nothing, and of two with one name the later holds. */
export function skillsOf(rows: readonly TypedRow[]): Record<string, number> {
  const named = rows.map((row) => [String(row["skill"]).trim(), Number(row["level"])] as const);
  return Object.fromEntries(named.filter(([name]) => name !== ""));
}
