/** Undo and redo without limit: definitions share all that did not change, so keeping every one of them is cheap. */
import type { Definition } from "./definition";

export interface Past {
  definition: Definition;
  /** What was done to get away from this definition. */
  label: string;
}

export interface History {
  readonly past: readonly Past[];
  readonly present: Definition;
  readonly future: readonly Past[];
  /** Which typing the last entry belongs to; the same key within a short time goes into the same entry. */
  readonly merging: { key: string; at: number } | null;
}

/** Keystrokes closer together than this are one entry. */
export const MERGE_MS = 1500;

export const begin = (definition: Definition): History => ({
  past: [],
  present: definition,
  future: [],
  merging: null,
});

export interface Commit {
  label: string;
  mergeKey?: string;
  at?: number;
}

/** Takes a new definition; an unchanged one leaves the history as it is. */
export function commit(history: History, next: Definition, how: Commit): History {
  if (next === history.present) return history;
  const at = how.at ?? 0;
  const merging = how.mergeKey ? { key: how.mergeKey, at } : null;
  const before = history.merging;
  const same = before && merging && before.key === merging.key && at - before.at <= MERGE_MS;
  if (same && history.past.length > 0) return { ...history, present: next, future: [], merging };
  return {
    past: [...history.past, { definition: history.present, label: how.label }],
    present: next,
    future: [],
    merging,
  };
}

export function undo(history: History): History {
  const last = history.past.at(-1);
  if (!last) return history;
  return {
    past: history.past.slice(0, -1),
    present: last.definition,
    future: [{ definition: history.present, label: last.label }, ...history.future],
    merging: null,
  };
}

export function redo(history: History): History {
  const [next, ...rest] = history.future;
  if (!next) return history;
  return {
    past: [...history.past, { definition: history.present, label: next.label }],
    present: next.definition,
    future: rest,
    merging: null,
  };
}

/** Replaces what is shown without an entry: the layout of a journey that came without one. */
export const amend = (history: History, present: Definition): History => ({ ...history, present });
