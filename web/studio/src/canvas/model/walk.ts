/** Walking over the drawing by keys: from a card to its neighbour, into a stage and out of it, along the arrows. */
import { isExitArrow, isStageArrow, sources, type Arrow, type Definition, type Id } from "./definition";
import { boxOf, center, type Box, type StepSizes } from "./geometry";
import { find, stepsOf } from "./lookup";

export type Direction = "left" | "right" | "up" | "down";

/** How much more a way aside counts than one straight on. */
const ASIDE = 2.5;

/** The card or end of an arrow that lies next in a direction; null at the edge. */
export function neighbour(
  definition: Definition,
  from: Id | null,
  direction: Direction,
  sizeOf: StepSizes,
): Id | null {
  const found = find(definition, from);
  if (!found) return definition.entries[0]?.id ?? definition.stages[0]?.id ?? definition.ends[0]?.id ?? null;
  const back = direction === "left" || direction === "up";
  if (found.is === "arrow") return back ? sourceOf(definition, found.arrow) : found.arrow.to;
  if (found.is === "goal") return null;
  const id = from!;
  if (found.is === "stage" && direction === "down") {
    const steps = stepsOf(definition, id);
    const first = steps.find((step) => step.id === found.stage.initial) ?? topmost(definition, steps, sizeOf);
    if (first) return first.id;
  }
  if (found.is !== "step") return nearest(definition, id, outer(definition), direction, sizeOf);
  const { stage } = found.step;
  const siblings = stepsOf(definition, stage).map((step) => step.id);
  const beside = nearest(definition, id, siblings, direction, sizeOf);
  if (beside) return beside;
  if (direction === "up") return stage;
  const others = outer(definition).filter((one) => one !== stage);
  return nearest(definition, id, others, direction, sizeOf);
}

const outer = (d: Definition): Id[] =>
  [...d.stages, ...d.entries, ...d.ends, ...d.notes].map((one) => one.id);

function sourceOf(definition: Definition, arrow: Arrow): Id | null {
  const id = isExitArrow(arrow) ? arrow.from : sources(arrow)[0];
  return id !== undefined && find(definition, id) ? id : null;
}

function topmost<T extends { id: Id }>(definition: Definition, steps: readonly T[], sizeOf: StepSizes) {
  const y = (step: T) => boxOf(definition, step.id, sizeOf)?.y ?? 0;
  return [...steps].sort((a, b) => y(a) - y(b))[0];
}

function nearest(
  definition: Definition,
  from: Id,
  among: readonly Id[],
  direction: Direction,
  sizeOf: StepSizes,
): Id | null {
  const start = boxOf(definition, from, sizeOf);
  if (!start) return null;
  let best: { id: Id; cost: number } | null = null;
  for (const id of among) {
    const box = id === from ? null : boxOf(definition, id, sizeOf);
    const cost = box && costOf(start, box, direction);
    if (cost !== null && (!best || cost < best.cost)) best = { id, cost };
  }
  return best?.id ?? null;
}

/** Null for what does not lie that way at all. */
function costOf(from: Box, to: Box, direction: Direction): number | null {
  const a = center(from);
  const b = center(to);
  const across = direction === "left" || direction === "right";
  const sign = direction === "left" || direction === "up" ? -1 : 1;
  const along = sign * (across ? b.x - a.x : b.y - a.y);
  if (along <= 4) return null;
  // What lies on the same height, if only by a corner, is not aside at all.
  const [low, high, other, otherEnd] = across
    ? [from.y, from.y + from.h, to.y, to.y + to.h]
    : [from.x, from.x + from.w, to.x, to.x + to.w];
  const aside = Math.max(0, other - high, low - otherEnd);
  return along + aside * ASIDE;
}

/** The arrows at a place, those that leave it first; from an arrow, the others at where it starts. */
export function arrowsAt(definition: Definition, id: Id): Id[] {
  const found = find(definition, id);
  if (!found) return [];
  if (found.is === "arrow") {
    const source = sourceOf(definition, found.arrow);
    return source ? arrowsAt(definition, source) : [id];
  }
  const leaves = (arrow: Arrow) =>
    isExitArrow(arrow) ? arrow.from === id : isStageArrow(arrow) && sources(arrow).includes(id);
  const out = definition.arrows.filter(leaves);
  const into = definition.arrows.filter((arrow) => arrow.to === id && !leaves(arrow));
  return [...out, ...into].map((arrow) => arrow.id);
}

/** The next arrow at the same place, round and round. */
export function nextArrow(definition: Definition, from: Id, by: 1 | -1): Id | null {
  const list = arrowsAt(definition, from);
  if (list.length === 0) return null;
  const at = list.indexOf(from);
  if (at < 0) return by > 0 ? list[0]! : list.at(-1)!;
  return list[(at + by + list.length) % list.length]!;
}
