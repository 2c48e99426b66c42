/** Something the search box can do or open. */
export interface Command {
  id: string;
  title: string;
  /** Further words that find it, in any language. */
  words: string;
  keys?: string;
}

export type SearchHit =
  | { type: "command"; command: Command }
  | { type: "interaction"; id: string }
  | { type: "number"; number: string };

const INTERACTION_ID = /^(?=.*\d)[0-9a-z][0-9a-z_-]{11,63}$/i;
const NUMBER = /^[+*]?[\d\s\-()]{2,20}$/;

function score(command: Command, words: readonly string[]): number {
  const title = command.title.toLowerCase();
  const all = `${title} ${command.words.toLowerCase()}`;
  if (!words.every((word) => all.includes(word))) return 0;
  return words.some((word) => title.startsWith(word)) ? 2 : 1;
}

/** What a query finds, best first; an empty query lists the commands as they stand. */
export function search(query: string, commands: readonly Command[]): SearchHit[] {
  const text = query.trim();
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = commands
    .map((command) => ({ command, score: words.length === 0 ? 1 : score(command, words) }))
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ command }): SearchHit => ({ type: "command", command }));
  const digits = text.replace(/[\s\-()]/g, "");
  const direct: SearchHit[] = [];
  if (NUMBER.test(text) && /\d{2}/.test(digits)) direct.push({ type: "number", number: digits });
  if (INTERACTION_ID.test(text)) direct.push({ type: "interaction", id: text });
  return [...direct, ...found];
}
