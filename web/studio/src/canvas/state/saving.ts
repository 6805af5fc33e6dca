import type { Saving, Set } from "./types";

export function saving(set: Set): Saving {
  return {
    save: { is: "saved" },
    revision: 0,
    stored: null,
    setSave: (save) => set({ save }),
    setStored: (stored, revision) => set({ stored, revision }),
  };
}
