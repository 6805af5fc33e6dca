/** What the layer of numbers says of a node or an arrow: pure, from the numbers and the drawing. */
import { ANY_STAGE, isExitArrow, type Arrow, type Definition, type Id } from "../model/definition";
import type { Layer, NodeCount, Numbers } from "../state/types";

/** Results by which somebody is lost. */
const LOST = new Set(["lost", "expired", "cancelled", "exited"]);

export const isLoss = (result: string | undefined): boolean => LOST.has(result ?? "");

export const figure = (n: number): string => n.toLocaleString("en-US");

/** A share of a whole as people write it: one decimal below ten percent. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return "–";
  const share = (100 * part) / whole;
  return `${share > 0 && share < 10 ? share.toFixed(1) : Math.round(share)}%`;
}

export interface Lasting {
  unit: "seconds" | "minutes" | "hours" | "days";
  n: number;
}

/** A length of time in the largest unit that tells it with two figures. */
export function lasting(secs: number): Lasting {
  const round = (n: number) => (n < 10 ? Math.round(n * 10) / 10 : Math.round(n));
  if (secs < 90) return { unit: "seconds", n: Math.round(secs) };
  if (secs < 90 * 60) return { unit: "minutes", n: round(secs / 60) };
  if (secs < 36 * 3600) return { unit: "hours", n: round(secs / 3600) };
  return { unit: "days", n: round(secs / 86_400) };
}

const lostOf = new WeakMap<Numbers, { of: Definition; lost: Map<Id, number> }>();

/** How many were lost out of a stage or by an exit of a step, or came to an end by which they are lost. */
export function lostAt(definition: Definition, numbers: Numbers, node: Id): number {
  let known = lostOf.get(numbers);
  if (known?.of !== definition) {
    known = { of: definition, lost: countLost(definition, numbers) };
    lostOf.set(numbers, known);
  }
  return known.lost.get(node) ?? 0;
}

function countLost(definition: Definition, numbers: Numbers): Map<Id, number> {
  const bad = losingEnds(definition);
  const lost = new Map<Id, number>();
  for (const end of bad) lost.set(end, numbers.nodes[end]?.passed ?? 0);
  for (const [stage, results] of Object.entries(numbers.endings ?? {})) {
    const here = Object.entries(results).reduce((sum, [result, n]) => sum + (isLoss(result) ? n : 0), 0);
    if (here > 0) lost.set(stage, here);
  }
  for (const arrow of definition.arrows)
    if (isExitArrow(arrow) && bad.has(arrow.to))
      lost.set(arrow.from, (lost.get(arrow.from) ?? 0) + (numbers.arrows[arrow.id] ?? 0));
  return lost;
}

const losing = new WeakMap<Definition, ReadonlySet<Id>>();

function losingEnds(definition: Definition): ReadonlySet<Id> {
  const known = losing.get(definition);
  if (known) return known;
  const made = new Set(definition.ends.filter((end) => isLoss(end.result)).map((end) => end.id));
  losing.set(definition, made);
  return made;
}

/** Of those who came to where an arrow begins, how many went along it: [these, those]. */
export function shareOf(numbers: Numbers, arrow: Arrow): [number, number] {
  const took = numbers.arrows[arrow.id] ?? 0;
  if (isExitArrow(arrow)) return [took, numbers.nodes[arrow.from]?.passed ?? 0];
  if (arrow.from === ANY_STAGE) return [took, numbers.entered];
  const from = Array.isArray(arrow.from) ? arrow.from : [arrow.from];
  return [took, from.reduce((sum, stage) => sum + (numbers.nodes[stage]?.passed ?? 0), 0)];
}

export interface Heat {
  /** From 0 to 1: how many went along, ten times as many twice as wide. */
  width: number;
  /** lost: leads out to nothing good; side: a message not sent, a time missed; through: all others. */
  tone: "lost" | "side" | "through";
}

const SIDE_EXITS = new Set(["failed", "skipped", "late", "timeout", "empty"]);

/** How an arrow glows in a layer; null if nobody went along. */
export function heatOf(definition: Definition, numbers: Numbers, arrow: Arrow, layer: Layer): Heat | null {
  const took = numbers.arrows[arrow.id] ?? 0;
  if (took <= 0 || layer === "off") return null;
  const lost = losingEnds(definition).has(arrow.to);
  const side = isExitArrow(arrow) && SIDE_EXITS.has(arrow.exit);
  const tone = lost ? "lost" : side ? "side" : "through";
  // By loss: how large a part of those who came is lost here.
  if (layer === "loss") {
    if (tone === "through") return null;
    const [, whole] = shareOf(numbers, arrow);
    return { width: Math.min(1, 0.15 + took / Math.max(1, whole)), tone };
  }
  return { width: Math.min(1, Math.log10(took + 1) / 5), tone };
}

export const EMPTY: NodeCount = { here: 0, passed: 0 };
