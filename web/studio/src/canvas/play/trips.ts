/** A simulation as things that can be drawn at any moment: who travels along which arrow, and how many stand where. */
import type { Simulation } from "../api";
import { ANY_STAGE, isExitArrow, type Definition, type Id } from "../model/definition";
import { findArrow } from "../model/lookup";

const DAY_MS = 86_400_000;

/** One contact going along one line of the drawing, at so many days after the start. */
export interface Trip {
  line: string;
  at: number;
}

/** The key of the line that an arrow has on the canvas when it is taken out of this stage. */
export function lineOf(definition: Definition, arrow: Id, from: Id | null): string {
  const found = findArrow(definition, arrow);
  if (!found || isExitArrow(found) || found.from === ANY_STAGE) return arrow;
  return `${arrow}@${from ?? (Array.isArray(found.from) ? found.from[0] : found.from)}`;
}

export const entryLine = (entry: Id): string => `${entry}>`;

export function tripsOf(simulation: Simulation, definition: Definition): Trip[] {
  const start = Date.parse(simulation.start);
  const trips: Trip[] = [];
  for (const { trail } of simulation.paths) {
    let stage: Id | null = null;
    for (const crumb of trail) {
      const at = (Date.parse(crumb.at) - start) / DAY_MS;
      const entry = crumb.detail?.entry;
      if (crumb.op === "open" && typeof entry === "string") trips.push({ line: entryLine(entry), at });
      if (crumb.arrow) trips.push({ line: lineOf(definition, crumb.arrow, stage), at });
      stage = crumb.stage ?? stage;
    }
  }
  return trips.sort((a, b) => a.at - b.at);
}

/** The trips under way at a time, each with how far it has come (0 to 1). `lasting` is in days. */
export function underWay(
  trips: readonly Trip[],
  time: number,
  lasting: number,
): { line: string; share: number }[] {
  const found: { line: string; share: number }[] = [];
  for (let n = firstAfter(trips, time - lasting); n < trips.length && trips[n]!.at <= time; n += 1) {
    found.push({ line: trips[n]!.line, share: (time - trips[n]!.at) / lasting });
  }
  return found;
}

/** The place of the first trip later than a time, by halving. */
function firstAfter(trips: readonly Trip[], time: number): number {
  let low = 0;
  let high = trips.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (trips[middle]!.at <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What stands where at the end of a day (0 = nothing has happened yet). */
export function standingAt(simulation: Simulation, day: number): Record<Id, number> {
  return simulation.days[Math.min(day, simulation.days.length) - 1]?.here ?? {};
}

/** Messages sent up to the end of a day. */
export const messagesUntil = (simulation: Simulation, day: number): number =>
  simulation.messages_per_day.slice(0, day).reduce((sum, n) => sum + n, 0);

/** How many have got in up to the end of a day. */
export const enteredUntil = (simulation: Simulation, day: number): number =>
  simulation.days[Math.min(day, simulation.days.length) - 1]?.entered ?? 0;

/** Events that the drawing waits for besides those that let people in: what the simulated may do. */
export function eventsHeard(definition: Definition): string[] {
  const names = (value: unknown): string[] =>
    [value].flat().filter((one): one is string => typeof one === "string" && one !== "");
  const entering = new Set(
    definition.entries.flatMap((entry) => (entry.on.type === "event" ? names(entry.on.name) : [])),
  );
  const heard = new Set<string>();
  for (const arrow of definition.arrows)
    if (!isExitArrow(arrow) && arrow.on.type === "event")
      for (const name of names(arrow.on.name)) heard.add(name);
  for (const step of definition.steps) {
    const events = step.config.events;
    if (Array.isArray(events))
      for (const item of events as { event?: unknown }[])
        for (const name of names(item?.event)) heard.add(name);
  }
  for (const name of countedIn(definition)) heard.add(name);
  for (const name of entering) heard.delete(name);
  return [...heard].sort();
}

/** Events whose history some rule looks at. */
function countedIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(countedIn);
  if (typeof part !== "object" || part === null) return [];
  const { field } = part as { field?: unknown };
  const named = typeof field === "string" ? /^history\.([^.]+)\./.exec(field)?.[1] : undefined;
  return [...(named ? [named] : []), ...Object.values(part).flatMap(countedIn)];
}
