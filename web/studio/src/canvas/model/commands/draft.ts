/** What all commands share: how they read and write the draft of a definition. */
import type { Draft } from "immer";

import { isStageArrow, type Arrow, type Definition, type Id, type Place } from "../definition";

export type D = Draft<Definition>;

/** A command that cannot be done says why; the caller shows it, nothing is changed by half. */
export class CannotDo extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`The edit cannot be made: ${reason}`);
    this.name = "CannotDo";
    this.reason = reason;
  }
}

export function need<T>(list: readonly T[], matches: (item: T) => boolean, reason: string): T {
  const item = list.find(matches);
  if (item === undefined) throw new CannotDo(reason);
  return item;
}

export const stageIn = (d: D, id: Id) => need(d.stages, (stage) => stage.id === id, "no-such-stage");
export const stepIn = (d: D, id: Id) => need(d.steps, (step) => step.id === id, "no-such-step");
export const arrowIn = (d: D, id: Id) =>
  need(d.arrows, (arrow) => arrow.id === id, "no-such-arrow") as Draft<Arrow>;

/** Writes the given keys; an undefined value takes the key away. */
export function assign(target: object, set: object): void {
  const open = target as Record<string, unknown>;
  for (const [key, value] of Object.entries(set)) {
    if (value === undefined) delete open[key];
    else open[key] = value;
  }
}

export const isUsed = (d: D, id: Id): boolean =>
  [d.stages, d.steps, d.arrows, d.ends, d.entries, d.goals, d.notes].some((list) =>
    (list as { id: Id }[]).some((item) => item.id === id),
  );

export function claim(d: D, id: Id): void {
  if (isUsed(d, id)) throw new CannotDo("id-taken");
}

export function place(d: D, id: Id, at: Place | undefined): void {
  if (!at) return;
  const rounded: Place = { x: Math.round(at.x), y: Math.round(at.y) };
  if (at.w !== undefined) rounded.w = Math.round(at.w);
  if (at.h !== undefined) rounded.h = Math.round(at.h);
  d.layout[id] = rounded;
}

/** At most one arrow leaves one exit: connecting it again replaces the arrow that was there. */
export function dropArrowsOfExit(d: D, step: Id, exit: string, keep?: Id): void {
  d.arrows = d.arrows.filter(
    (arrow) => isStageArrow(arrow) || arrow.id === keep || arrow.from !== step || arrow.exit !== exit,
  );
}

export function assertTarget(d: D, to: Id, from: "entry" | "arrow" = "arrow"): void {
  const inside = d.stages.some((stage) => stage.id === to) || d.steps.some((step) => step.id === to);
  const end = from === "arrow" && d.ends.some((one) => one.id === to);
  if (!inside && !end) throw new CannotDo("no-such-target");
}
