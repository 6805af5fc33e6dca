/** New ids: a word and the first free number behind it, so that exports and links stay readable. */
import type { Definition, Id } from "./definition";
import { indexOf } from "./lookup";

const LONGEST_WORD = 48;

/** Turns any word into the letters that an id may have. */
function plain(word: string): string {
  const cleaned = word
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[-_]+|-+$/g, "");
  return cleaned.slice(0, LONGEST_WORD) || "x";
}

/** The first of `word-1`, `word-2`, … that neither the definition nor `taken` has. */
export function freshId(definition: Definition, word: string, taken: ReadonlySet<Id> = new Set()): Id {
  const index = indexOf(definition);
  const stem = plain(word);
  for (let n = 1; ; n += 1) {
    const id = `${stem}-${n}`;
    if (!index.has(id) && !taken.has(id)) return id;
  }
}

/** The first of `word-1`, `word-2`, … that is not in the list (exits, variants). */
export function freshWord(word: string, taken: readonly string[]): string {
  for (let n = 1; ; n += 1) {
    const candidate = `${plain(word)}-${n}`;
    if (!taken.includes(candidate)) return candidate;
  }
}

/** The word that an id starts with, without its number: `send-3` gives `send`. */
export const stemOf = (id: Id): string => id.replace(/-\d+$/, "");
