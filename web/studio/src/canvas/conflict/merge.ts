/** Three-way merging of two drafts that began as one. What one side touched is taken from that side; what both
 *  touched in different ways is a conflict, which somebody has to decide. Nothing is lost without being said. */
import { isExitArrow, type Arrow, type Definition, type Id, type Place } from "../model/definition";
import { freshId, stemOf } from "../model/ids";
import { needs, pruned, renamed, same, unitsOf, LISTS, type ListName, type Unit } from "./units";

export type Side = "theirs" | "mine";
export type Touch = "added" | "removed" | "changed";

export interface Touched {
  id: Id;
  list: ListName;
  /** What they did to it, and what I did; null if that side left it alone. */
  theirs: Touch | null;
  mine: Touch | null;
}
export interface Conflict extends Touched {
  /** Why it cannot be merged by itself. */
  because: "both-changed" | "still-needed" | "same-exit";
  /** Parts of the other side that cannot stay without it. */
  needed: Id[];
}

export interface Merge {
  /** What one side touched, or both alike: it is merged already. */
  settled: Touched[];
  conflicts: Conflict[];
  /** The settings that both changed differently, by key. */
  settings: string[];
  /** The merged draft as the choices say; what is not chosen is taken from mine. */
  result(choices: Readonly<Record<string, Side>>): { definition: Definition; dropped: Id[] };
}

/** The key of a setting among the choices. */
export const settingKey = (name: string): string => `settings.${name}`;

export function merge(base: Definition, theirs: Definition, given: Definition): Merge {
  const mine = apartFrom(base, theirs, given);
  const [b, t, m] = [unitsOf(base), unitsOf(theirs), unitsOf(mine)];
  const touched: Touched[] = [];
  for (const id of new Set([...b.keys(), ...t.keys(), ...m.keys()])) {
    const one: Touched = {
      id,
      list: (m.get(id) ?? t.get(id) ?? b.get(id))!.list,
      theirs: touch(b.get(id), t.get(id)),
      mine: touch(b.get(id), m.get(id)),
    };
    if (one.theirs || one.mine) touched.push(one);
  }
  const conflicts = new Map<Id, Conflict>();
  for (const one of touched) {
    if (one.theirs && one.mine && !alike(t.get(one.id), m.get(one.id)))
      conflicts.set(one.id, { ...one, because: "both-changed", needed: [] });
  }
  for (const one of stillNeeded(touched, t, m)) if (!conflicts.has(one.id)) conflicts.set(one.id, one);
  for (const one of sameExit(touched, t, m)) if (!conflicts.has(one.id)) conflicts.set(one.id, one);
  const settings = Object.keys({ ...base.settings, ...theirs.settings, ...mine.settings }).filter((key) => {
    const [was, they, i] = [base.settings[key], theirs.settings[key], mine.settings[key]];
    return !same(was, they) && !same(was, i) && !same(they, i);
  });
  return {
    settled: touched.filter((one) => !conflicts.has(one.id)),
    conflicts: [...conflicts.values()],
    settings,
    result: (choices) => together(base, theirs, mine, touched, conflicts, choices),
  };
}

const alike = (a: Unit | undefined, b: Unit | undefined): boolean => same(a?.part, b?.part);

function touch(before: Unit | undefined, after: Unit | undefined): Touch | null {
  if (!before) return after ? "added" : null;
  if (!after) return "removed";
  return same(before.part, after.part) ? null : "changed";
}

/** Both sides number what they add alike (`send-3`), so two new things may have one id: mine gets another. */
function apartFrom(base: Definition, theirs: Definition, mine: Definition): Definition {
  const [b, t, m] = [unitsOf(base), unitsOf(theirs), unitsOf(mine)];
  const clash = [...m].filter(([id, unit]) => !b.has(id) && t.has(id) && !alike(t.get(id), unit));
  if (clash.length === 0) return mine;
  const taken = new Set([...b.keys(), ...t.keys()]);
  const ids = new Map<Id, Id>();
  for (const [id] of clash) {
    const fresh = freshId(mine, stemOf(id), taken);
    taken.add(fresh);
    ids.set(id, fresh);
  }
  const layout = Object.fromEntries(Object.entries(mine.layout).map(([id, at]) => [ids.get(id) ?? id, at]));
  const lists = Object.fromEntries(
    LISTS.map((list) => [list, mine[list].map((part) => renamed({ list, part }, ids).part)]),
  );
  return { ...mine, ...lists, layout };
}

type UnitMap = ReadonlyMap<Id, Unit>;

/** What one side removed while the other side led something new or changed to it. */
function stillNeeded(touched: readonly Touched[], t: UnitMap, m: UnitMap): Conflict[] {
  return touched.flatMap((one) => {
    const [removedBy, other, units] =
      one.theirs === "removed" && one.mine === null
        ? (["theirs", "mine", m] as const)
        : one.mine === "removed" && one.theirs === null
          ? (["mine", "theirs", t] as const)
          : [null, null, null];
    if (!removedBy) return [];
    const needed = touched
      .filter((by) => by[other] !== null && by[other] !== "removed")
      .filter((by) => {
        const unit = units.get(by.id);
        return unit !== undefined && needs(unit).includes(one.id);
      })
      .map((by) => by.id);
    return needed.length > 0 ? [{ ...one, because: "still-needed" as const, needed }] : [];
  });
}

/** An exit has one arrow: when both sides led the same exit somewhere by arrows of their own, one has to give way. */
function sameExit(touched: readonly Touched[], t: UnitMap, m: UnitMap): Conflict[] {
  const exitOf = (unit: Unit | undefined): string | null => {
    if (unit?.list !== "arrows") return null;
    const arrow = unit.part as Arrow;
    return isExitArrow(arrow) ? `${arrow.from} ${arrow.exit}` : null;
  };
  const theirs = new Map<string, Id>();
  for (const { id } of touched) {
    const exit = exitOf(t.get(id));
    if (exit && !m.has(id)) theirs.set(exit, id);
  }
  return touched.flatMap((one) => {
    const exit = exitOf(m.get(one.id));
    const rival = exit !== null && !t.has(one.id) ? theirs.get(exit) : undefined;
    return rival ? [{ ...one, because: "same-exit" as const, needed: [rival] }] : [];
  });
}

function together(
  base: Definition,
  theirs: Definition,
  mine: Definition,
  touched: readonly Touched[],
  conflicts: ReadonlyMap<Id, Conflict>,
  choices: Readonly<Record<string, Side>>,
): { definition: Definition; dropped: Id[] } {
  const [b, t, m] = [unitsOf(base), unitsOf(theirs), unitsOf(mine)];
  const from = sidesOf(touched, conflicts, choices, b);
  const unitOf = (id: Id): Unit | undefined => {
    const side = from.get(id);
    if (!side) return b.get(id);
    return (side === "mine" ? m : t).get(id);
  };
  const lists = Object.fromEntries(
    LISTS.map((list) => {
      const ids = ordered(
        base[list].map((one) => one.id),
        theirs[list].map((one) => one.id),
        mine[list].map((one) => one.id),
      );
      return [list, ids.flatMap((id) => unitOf(id)?.part ?? [])];
    }),
  ) as unknown as Pick<Definition, ListName>;
  const merged = pruned({
    ...mine,
    ...lists,
    arrows: oneForEachExit(lists.arrows, m),
    subject: same(base.subject, mine.subject) ? theirs.subject : mine.subject,
    settings: byKey(base.settings, theirs.settings, mine.settings, (key) => choices[settingKey(key)]),
  });
  const layout = byKey<Place>(base.layout, theirs.layout, mine.layout, (id) => from.get(id));
  // What stays although one side took it away keeps its old place.
  for (const id of unitsOf(merged.definition).keys()) {
    const place = layout[id] ?? mine.layout[id] ?? theirs.layout[id] ?? base.layout[id];
    if (place) layout[id] = place;
  }
  return { ...merged, definition: { ...merged.definition, layout } };
}

/** From which side each touched thing is taken. What was removed along with a thing that stays, stays with it. */
function sidesOf(
  touched: readonly Touched[],
  conflicts: ReadonlyMap<Id, Conflict>,
  choices: Readonly<Record<string, Side>>,
  b: UnitMap,
): Map<Id, Side> {
  const from = new Map<Id, Side>();
  for (const one of touched) {
    const side = one.mine ? "mine" : "theirs";
    from.set(one.id, conflicts.has(one.id) ? (choices[one.id] ?? "mine") : side);
  }
  const stays = new Set(
    [...conflicts.values()]
      .filter(({ id, because, theirs }) => {
        const keeper: Side = theirs === "removed" ? "mine" : "theirs";
        return because === "still-needed" && from.get(id) === keeper;
      })
      .map(({ id }) => id),
  );
  for (let grown = stays.size > 0; grown;) {
    grown = false;
    for (const one of touched) {
      const unit = b.get(one.id);
      const gone = one.theirs === "removed" ? one.mine === null : one.mine === "removed" && !one.theirs;
      if (!unit || !gone || stays.has(one.id) || conflicts.has(one.id)) continue;
      if (!needs(unit).some((id) => stays.has(id))) continue;
      from.set(one.id, one.theirs === "removed" ? "mine" : "theirs");
      stays.add(one.id);
      grown = true;
    }
  }
  return from;
}

/** An exit has one arrow; where both sides have led it somewhere and mine was chosen, theirs gives way. */
function oneForEachExit(arrows: readonly Arrow[], m: UnitMap): Arrow[] {
  const exitOf = (arrow: Arrow) => (isExitArrow(arrow) ? `${arrow.from} ${arrow.exit}` : null);
  const mine = new Set(arrows.filter((arrow) => m.has(arrow.id)).map(exitOf));
  const taken = new Set<string>();
  return arrows.filter((arrow) => {
    const exit = exitOf(arrow);
    if (exit === null) return true;
    if (taken.has(exit) || (mine.has(exit) && !m.has(arrow.id))) return false;
    taken.add(exit);
    return true;
  });
}

/** Keys that one side touched are taken from there; of those that both touched, the chosen side's, else mine. */
function byKey<T>(
  base: Readonly<Record<string, T>>,
  theirs: Readonly<Record<string, T>>,
  mine: Readonly<Record<string, T>>,
  chosen: (key: string) => Side | undefined,
): Record<string, T> {
  const merged: Record<string, T> = {};
  for (const key of new Set([...Object.keys(base), ...Object.keys(theirs), ...Object.keys(mine)])) {
    const [was, they, i] = [base[key], theirs[key], mine[key]];
    const both = !same(was, they) && !same(was, i);
    const value = both ? (chosen(key) === "theirs" ? they : i) : same(was, i) ? they : i;
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

/** The order of a list: that of whoever changed it, with what the other side added put behind its neighbour. */
export function ordered(base: readonly Id[], theirs: readonly Id[], mine: readonly Id[]): Id[] {
  const common = (list: readonly Id[]) => list.filter((id) => base.includes(id));
  const kept = (list: readonly Id[]) => base.filter((id) => list.includes(id));
  const reordered = (list: readonly Id[]) => common(list).join() !== kept(list).join();
  const [leading, other] = reordered(mine) || !reordered(theirs) ? [mine, theirs] : [theirs, mine];
  const order = [...leading];
  other.forEach((id, n) => {
    if (order.includes(id)) return;
    const neighbour = other
      .slice(0, n)
      .reverse()
      .find((one) => order.includes(one));
    order.splice(neighbour === undefined ? 0 : order.indexOf(neighbour) + 1, 0, id);
  });
  for (const id of base) if (!order.includes(id)) order.push(id);
  return order;
}
