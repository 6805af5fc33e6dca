/** Whether something is selected, asked by every card at every change: one set for each selection. */
import type { Id } from "../model/definition";

const sets = new WeakMap<readonly Id[], ReadonlySet<Id>>();

export function isAmong(selection: readonly Id[], id: Id): boolean {
  if (selection.length < 8) return selection.includes(id);
  let set = sets.get(selection);
  if (!set) {
    set = new Set(selection);
    sets.set(selection, set);
  }
  return set.has(id);
}
