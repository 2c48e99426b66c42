/** What its fields are called in the words of the pages. */
export type DatabaseWord = "database_host" | "database_name" | "database_secret" | "database_user" | "engine" | "file" | "tls";

export type DatabaseChoice = "postgres" | "sqlite" | "verify" | "require" | "off";

/** Databases that flows look into: the fields of a server and of a file alike. */
export const DATABASE = {
  id: "database",
  name: /^[a-z0-9][a-z0-9_-]{0,63}$/,
  writes: "settings.write",
  columns: ["title", "engine", "host", "database", "file"],
  fields: [
    { path: "title", word: "title", type: "title" },
    { path: "engine", word: "engine", type: "choice", options: ["postgres", "sqlite"], fallback: "postgres" },
    { path: "host", word: "database_host", type: "text", hint: true },
    { path: "port", word: "port", type: "number", min: 1, max: 65_535, optional: true, hint: true },
    { path: "database", word: "database_name", type: "text" },
    { path: "user", word: "database_user", type: "text", hint: true },
    { path: "secret", word: "database_secret", type: "ref", to: "secret", hint: true },
    { path: "tls", word: "tls", type: "choice", options: ["verify", "require", "off"], fallback: "verify", hint: true },
    { path: "file", word: "file", type: "text", hint: true },
  ],
} as const;
