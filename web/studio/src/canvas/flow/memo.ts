/** Keeps what was made from the same things: the same node object is handed on as long as nothing about it changed. */

type Kept = { deps: readonly unknown[]; made: unknown };

const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, n) => Object.is(one, b[n]));

export class Memo {
  private kept = new Map<string, Kept>();
  private next = new Map<string, Kept>();

  keep<T>(key: string, deps: readonly unknown[], make: () => T): T {
    const before = this.kept.get(key);
    const entry = before && same(before.deps, deps) ? before : { deps, made: make() };
    this.next.set(key, entry);
    return entry.made as T;
  }

  /** Ends a round: what was not asked for in it is forgotten. */
  turn(): void {
    this.kept = this.next;
    this.next = new Map();
  }
}

/** A list that stays the same array while its members do. */
export function stableList<T>(before: T[] | undefined, after: T[]): T[] {
  if (before && before.length === after.length && before.every((one, n) => one === after[n])) return before;
  return after;
}
