/** What an agent has written about a call in hand, or has not yet handed over. */
export interface Draft {
  code: string;
  note: string;
}

/** Where drafts outlive a reload of the page. */
export interface DraftStore {
  load: () => string | null;
  save: (text: string) => void;
}

/** Drafts kept at most: an agent looks back on a few calls, not on the day. */
export const MAX_DRAFTS = 20;
/** Characters of a note that the server takes. */
export const NOTE_CHARS = 2_000;

type Entry = [id: string, draft: Draft];

function isEntry(value: unknown): value is Entry {
  if (!Array.isArray(value) || typeof value[0] !== "string") return false;
  const draft: unknown = value[1];
  return typeof draft === "object" && draft !== null && "code" in draft && "note" in draft;
}

/** Drafts by call, the newest kept. */
export class Drafts {
  constructor(private readonly store: DraftStore) {}

  of(id: string): Draft {
    return this.read().find(([key]) => key === id)?.[1] ?? { code: "", note: "" };
  }

  put(id: string, draft: Draft): void {
    const others = this.read().filter(([key]) => key !== id);
    const all: Entry[] = draft.code === "" && draft.note === "" ? others : [...others, [id, draft]];
    this.store.save(JSON.stringify(all.slice(-MAX_DRAFTS)));
  }

  private read(): Entry[] {
    try {
      const found: unknown = JSON.parse(this.store.load() ?? "[]");
      return Array.isArray(found) ? found.filter(isEntry) : [];
    } catch {
      return [];
    }
  }
}
