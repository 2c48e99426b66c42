/** Storage of the browser that may be blocked: then what is kept holds until the page is closed. */
function keep(key: string): { load: () => string | null; save: (text: string | null) => void } {
  let memory: string | null = null;
  return {
    load: () => {
      try {
        return localStorage.getItem(key);
      } catch {
        return memory;
      }
    },
    save: (text) => {
      memory = text;
      try {
        if (text === null) localStorage.removeItem(key);
        else localStorage.setItem(key, text);
      } catch {
        // Kept in memory alone.
      }
    },
  };
}

export type Slot = ReturnType<typeof keep>;

/** Over days, for every tab. */
export const local = (key: string): Slot => keep(`lingtong.${key}`);

/** A name that this browser keeps, by which the server knows its phone again. */
export function browserId(): string {
  const slot = local("browser");
  const found = slot.load();
  if (found !== null && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(found)) return found;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  slot.save(id);
  return id;
}
