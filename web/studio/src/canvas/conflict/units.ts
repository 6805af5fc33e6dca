/** A definition taken apart into units that can be kept or left one by one, and put together again. */
import {
  isExitArrow,
  isStageArrow,
  sources,
  type Arrow,
  type Definition,
  type Entry,
  type Id,
  type Stage,
  type Step,
} from "../model/definition";

export const LISTS = ["stages", "steps", "ends", "entries", "arrows", "goals", "notes"] as const;
export type ListName = (typeof LISTS)[number];
export type Part = Definition[ListName][number];

export interface Unit {
  list: ListName;
  part: Part;
}
export type Units = ReadonlyMap<Id, Unit>;

const apart = new WeakMap<Definition, Units>();

export function unitsOf(definition: Definition): Units {
  const known = apart.get(definition);
  if (known) return known;
  const units = new Map<Id, Unit>();
  for (const list of LISTS) for (const part of definition[list]) units.set(part.id, { list, part });
  apart.set(definition, units);
  return units;
}

/** Whether two parts say the same; the order of keys says nothing, and neither does a key without a value. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((one, n) => same(one, b[n]));
  }
  const one = a as Record<string, unknown>;
  const other = b as Record<string, unknown>;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) =>
    same(one[key], other[key]),
  );
}

/** The ids without which a part cannot stand. */
export function needs({ list, part }: Unit): Id[] {
  switch (list) {
    case "steps":
      return [(part as Step).stage];
    case "entries":
      return [(part as Entry).to];
    case "arrows": {
      const arrow = part as Arrow;
      if (isExitArrow(arrow)) return [arrow.from, arrow.to];
      // An arrow from several stages stands as long as one of them is left.
      const from = sources(arrow);
      return from.length === 1 ? [from[0]!, arrow.to] : [arrow.to];
    }
    default:
      return [];
  }
}

/** A part with another id, and other parts' ids changed in it as the map says. */
export function renamed({ list, part }: Unit, ids: ReadonlyMap<Id, Id>): Unit {
  const to = (id: Id) => ids.get(id) ?? id;
  const copy = { ...part, id: to(part.id) } as Part;
  if (list === "steps") {
    const step = copy as Step;
    step.stage = to(step.stage);
    const { goal } = step.config;
    if (typeof goal === "string" && ids.has(goal)) step.config = { ...step.config, goal: to(goal) };
  }
  if (list === "entries") (copy as Entry).to = to((part as Entry).to);
  if (list === "stages" && (part as Stage).initial) (copy as Stage).initial = to((part as Stage).initial!);
  if (list === "arrows") {
    const arrow = copy as Arrow;
    arrow.to = to(arrow.to);
    if (isExitArrow(arrow)) arrow.from = to(arrow.from);
    else {
      arrow.from = Array.isArray(arrow.from) ? arrow.from.map(to) : to(arrow.from);
      if (arrow.not_from) arrow.not_from = arrow.not_from.map(to);
    }
  }
  return { list, part: copy };
}

/** Takes out what hangs in the air: steps without a stage, arrows and entries without an end to stand on. */
export function pruned(definition: Definition): { definition: Definition; dropped: Id[] } {
  const dropped: Id[] = [];
  const keep = <T extends Part>(list: ListName, parts: readonly T[], there: ReadonlySet<Id>): T[] =>
    parts.filter((part) => {
      const stands = needs({ list, part }).every((id) => there.has(id));
      if (!stands) dropped.push(part.id);
      return stands;
    });
  const stages = new Set(definition.stages.map((stage) => stage.id));
  const steps = keep("steps", definition.steps, stages);
  const there = new Set([...stages, ...steps.map((one) => one.id), ...definition.ends.map((one) => one.id)]);
  const homes = new Map(steps.map((step) => [step.id, step.stage]));
  const arrows = keep("arrows", definition.arrows, there).flatMap((arrow) => {
    const left = withoutMissing(arrow, stages);
    if (!left) dropped.push(arrow.id);
    return left ?? [];
  });
  return {
    definition: {
      ...definition,
      stages: definition.stages.map((stage) => {
        if (!stage.initial || homes.get(stage.initial) === stage.id) return stage;
        const rest = { ...stage };
        delete rest.initial;
        const first = steps.find((step) => step.stage === stage.id);
        return first ? { ...rest, initial: first.id } : rest;
      }),
      steps,
      entries: keep("entries", definition.entries, there),
      arrows,
    },
    dropped,
  };
}

function withoutMissing(arrow: Arrow, stages: ReadonlySet<Id>): Arrow | null {
  if (!isStageArrow(arrow)) return arrow;
  const from = Array.isArray(arrow.from) ? arrow.from.filter((id) => stages.has(id)) : arrow.from;
  if (Array.isArray(from) && from.length === 0) return null;
  const barred = arrow.not_from?.filter((id) => stages.has(id));
  if (same(from, arrow.from) && same(barred, arrow.not_from)) return arrow;
  return { ...arrow, from, ...(barred ? { not_from: barred } : {}) };
}
