/** Tidy layout: time runs left to right over the stages, steps run downwards inside them. */
import { Graph, layout as dagreLayout } from "@dagrejs/dagre";

import {
  isExitArrow,
  isStageArrow,
  sources,
  type Definition,
  type Id,
  type Place,
  type Size,
} from "../model/definition";
import {
  ANY_BAR_GAP,
  ANY_BAR_HEIGHT,
  END_SIZE,
  ENTRY_SIZE,
  SLOT_FIRST,
  SLOT_PITCH,
  STAGE_HEAD,
  STAGE_MIN,
  STAGE_PAD,
  STEP_GAP,
  endsAmongStages,
  overlaps,
  slotsOf,
  type StepSizes,
} from "../model/geometry";
import { stageOf, stepsOf } from "../model/lookup";

export type Places = Record<Id, Place>;

const STAGE_GAP = 208;
const ROW_GAP = 96;
const ENTRY_GAP = 88;
const ENTRY_PITCH = 64;
const SIDE_BY_SIDE = 32;
/** Cards nearer than this leave no room for the arrow between them. */
const BREATH = 12;

/** Places the steps of one stage below each other; returns the room they need. */
export function layoutStage(
  definition: Definition,
  stage: Id,
  sizeOf: StepSizes,
): { places: Places; size: Size } {
  const steps = stepsOf(definition, stage);
  const places: Places = {};
  const arrows = slotsOf(definition, stage).length;
  const least = { w: STAGE_MIN.w, h: Math.max(STAGE_MIN.h, SLOT_FIRST + arrows * SLOT_PITCH) };
  if (steps.length === 0) return { places, size: least };

  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: SIDE_BY_SIDE, ranksep: STEP_GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const step of steps) {
    const size = sizeOf(step.id);
    graph.setNode(step.id, { width: size.w, height: size.h });
  }
  const order = drawnOrder(definition, stage);
  for (const arrow of definition.arrows) {
    if (!isExitArrow(arrow)) continue;
    const from = order.get(arrow.from);
    const to = order.get(arrow.to);
    // Arrows that lead back up are loops; they must not turn the order of reading round.
    if (from !== undefined && to !== undefined && from < to) graph.setEdge(arrow.from, arrow.to);
  }
  dagreLayout(graph);
  const boxes = steps.map((step) => {
    const node = graph.node(step.id);
    const size = sizeOf(step.id);
    return { id: step.id, x: node.x - size.w / 2, y: node.y - size.h / 2, ...size };
  });
  exitsLeftToRight(definition, boxes);
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  for (const box of boxes) {
    places[box.id] = {
      x: Math.round(box.x - left + STAGE_PAD),
      y: Math.round(box.y - top + STAGE_HEAD + 20),
    };
  }
  const w = Math.max(...boxes.map((box) => box.x + box.w)) - left + STAGE_PAD * 2;
  const h = Math.max(...boxes.map((box) => box.y + box.h)) - top + STAGE_HEAD + 20 + STAGE_PAD + 8;
  return { places, size: { w: Math.max(least.w, Math.round(w)), h: Math.max(least.h, Math.round(h)) } };
}

/** Cards behind a branch stand in the order of its exits, where they stand on one line and belong to it alone. */
function exitsLeftToRight(
  definition: Definition,
  boxes: { id: Id; x: number; y: number; w: number }[],
): void {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const exits = definition.arrows.filter(isExitArrow);
  for (const box of boxes) {
    const own = exits.filter((arrow) => arrow.from === box.id).flatMap((arrow) => byId.get(arrow.to) ?? []);
    const children = [...new Set(own)].filter((child) => child.y > box.y);
    const middle = (child: { x: number; w: number }) => child.x + child.w / 2;
    const line = children.filter(
      (child) => Math.abs(child.y - children[0]!.y) < STEP_GAP && child.w === children[0]!.w,
    );
    if (line.length < 2) continue;
    const spots = line.map(middle).sort((a, b) => a - b);
    line.forEach((child, n) => {
      child.x = spots[n]! - child.w / 2;
    });
  }
}

/** Steps by how soon they are reached from the stage's beginning, walking its arrows; the rest in drawn order. */
function drawnOrder(definition: Definition, stage: Id): ReadonlyMap<Id, number> {
  const own = new Set(stepsOf(definition, stage).map((step) => step.id));
  const next = new Map<Id, Id[]>();
  for (const arrow of definition.arrows) {
    if (!isExitArrow(arrow) || !own.has(arrow.from) || !own.has(arrow.to)) continue;
    next.set(arrow.from, [...(next.get(arrow.from) ?? []), arrow.to]);
  }
  const order: Id[] = [];
  const seen = new Set<Id>();
  // Depth first, finished last comes first: a topological order in which only loops lead back.
  const walk = (start: Id) => {
    const stack: { id: Id; n: number }[] = [{ id: start, n: 0 }];
    seen.add(start);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const to = next.get(top.id)?.[top.n];
      top.n += 1;
      if (to === undefined) order.push(stack.pop()!.id);
      else if (!seen.has(to)) {
        seen.add(to);
        stack.push({ id: to, n: 0 });
      }
    }
  };
  const initial = definition.stages.find((one) => one.id === stage)?.initial;
  for (const id of [...own].reverse()) if (id !== initial && !seen.has(id) && !isReached(id, next)) walk(id);
  if (initial && own.has(initial) && !seen.has(initial)) walk(initial);
  for (const id of own) if (!seen.has(id)) walk(id);
  return new Map(order.reverse().map((id, n) => [id, n]));
}

const isReached = (id: Id, next: ReadonlyMap<Id, Id[]>) =>
  [...next.values()].some((list) => list.includes(id));

/** Places everything: stages by their arrows, flags before, pills behind, the bar of any stage and its ends below. */
export function layoutAll(definition: Definition, sizeOf: StepSizes): Places {
  const places: Places = {};
  const sizes = new Map<Id, Size>();
  for (const stage of definition.stages) {
    const inner = layoutStage(definition, stage.id, sizeOf);
    Object.assign(places, inner.places);
    sizes.set(stage.id, inner.size);
  }
  placeStages(definition, sizes, places);
  placeEntries(definition, places);
  placeAnyStageEnds(definition, sizes, places);
  return places;
}

function placeStages(definition: Definition, sizes: ReadonlyMap<Id, Size>, places: Places): void {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: ROW_GAP, ranksep: STAGE_GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  const order = new Map(definition.stages.map((stage, n) => [stage.id, n]));
  for (const [id, size] of sizes) graph.setNode(id, { width: size.w, height: size.h });
  const among = endsAmongStages(definition);
  const ends = definition.ends.filter((end) => among.has(end.id));
  for (const end of ends) graph.setNode(end.id, { width: END_SIZE.w, height: END_SIZE.h });

  for (const arrow of definition.arrows) {
    const from = isStageArrow(arrow) ? sources(arrow) : [stageOf(definition, arrow.from) ?? ""];
    const to = stageOf(definition, arrow.to) ?? arrow.to;
    for (const source of from) {
      const before = order.get(source);
      const after = order.get(to) ?? Number.POSITIVE_INFINITY;
      if (before !== undefined && before < after && graph.hasNode(to)) graph.setEdge(source, to);
    }
  }
  dagreLayout(graph);
  const all = [...sizes.keys(), ...ends.map((end) => end.id)];
  for (const id of all) {
    const node = graph.node(id);
    places[id] = { x: Math.round(node.x - node.width / 2), y: Math.round(node.y - node.height / 2) };
  }
  stackColumns(
    definition,
    sizes,
    ends.map((end) => end.id),
    places,
  );
  for (const [id, size] of sizes) places[id] = { ...places[id]!, w: size.w, h: size.h };
}

/** A chain of stages reads best along its heads: each column begins on one line, its stages first, its ends below them. */
function stackColumns(
  definition: Definition,
  sizes: ReadonlyMap<Id, Size>,
  ends: readonly Id[],
  places: Places,
): void {
  const sizeOf = (id: Id) => sizes.get(id) ?? END_SIZE;
  const columns = new Map<number, Id[]>();
  for (const id of [...sizes.keys(), ...ends]) {
    const middle = Math.round(places[id]!.x + sizeOf(id).w / 2);
    columns.set(middle, [...(columns.get(middle) ?? []), id]);
  }
  const top = Math.min(...definition.stages.map((stage) => places[stage.id]!.y), 0);
  for (const ids of columns.values()) {
    const isEnd = (id: Id) => Number(!sizes.has(id));
    const ordered = [...ids].sort((a, b) => isEnd(a) - isEnd(b) || places[a]!.y - places[b]!.y);
    if (ordered.every((id) => isEnd(id))) continue;
    let y = top;
    for (const id of ordered) {
      places[id] = { ...places[id]!, y };
      y += sizeOf(id).h + ROW_GAP;
    }
  }
}

/** Flags stand before the first stages; those of a stage in the middle stand above it. */
function placeEntries(definition: Definition, places: Places): void {
  const waiting = new Map<Id, number>();
  const first = Math.min(...definition.stages.map((stage) => places[stage.id]!.x));
  for (const entry of definition.entries) {
    const stage = stageOf(definition, entry.to);
    const at = (stage && places[stage]) || { x: 0, y: 0 };
    const n = waiting.get(stage ?? "") ?? 0;
    waiting.set(stage ?? "", n + 1);
    places[entry.id] =
      at.x <= first
        ? { x: at.x - ENTRY_GAP - ENTRY_SIZE.w, y: at.y + SLOT_FIRST - ENTRY_SIZE.h / 2 + n * ENTRY_PITCH }
        : { x: at.x + 20 + n * (ENTRY_SIZE.w + 24), y: at.y - ENTRY_GAP - 16 };
  }
}

function placeAnyStageEnds(definition: Definition, sizes: ReadonlyMap<Id, Size>, places: Places): void {
  const among = endsAmongStages(definition);
  const below = definition.ends.map((end) => end.id).filter((id) => !among.has(id));
  if (below.length === 0) return;
  const stages = definition.stages.map((stage) => ({ ...places[stage.id]!, ...sizes.get(stage.id)! }));
  const left = stages.length > 0 ? Math.min(...stages.map((box) => box.x)) : 0;
  const ends = [...among].map((id) => ({ ...places[id]!, ...END_SIZE }));
  const low = stages.length > 0 ? Math.max(...[...stages, ...ends].map((box) => box.y + box.h)) : 0;
  below.forEach((id, n) => {
    places[id] = { x: left + 48 + n * (END_SIZE.w + 96), y: low + ANY_BAR_GAP + ANY_BAR_HEIGHT + ROW_GAP };
  });
}

/** The places of those things that have none yet: a journey from a template or the API may come without any. */
export function missingPlaces(definition: Definition, sizeOf: StepSizes): Places | null {
  const drawn = [...definition.stages, ...definition.steps, ...definition.ends, ...definition.entries];
  const missing = drawn.filter((one) => !definition.layout[one.id]);
  if (missing.length === 0) return null;
  const placed = definition.stages.flatMap((stage) => definition.layout[stage.id] ?? []);
  if (placed.length === 0) return layoutAll(definition, sizeOf);

  // What the author has placed stays where it is; the rest is laid out beside it.
  const whole = layoutAll(definition, sizeOf);
  const edge = Math.max(...placed.map((at) => at.x + (at.w ?? STAGE_MIN.w))) + STAGE_GAP;
  const first = Math.min(...missing.map((one) => whole[one.id]?.x ?? 0));
  const inStages = new Set(definition.steps.map((step) => step.id));
  const places: Places = {};
  for (const one of missing) {
    const at = whole[one.id] ?? { x: 0, y: 0 };
    places[one.id] = inStages.has(one.id) ? at : { ...at, x: at.x - first + edge };
  }
  return places;
}

/** Whether cards of one stage lie upon each other: a drawing made by hand or by a program that knew other sizes. */
export function isTangled(definition: Definition, sizeOf: StepSizes): boolean {
  return definition.stages.some((stage) => {
    const boxes = stepsOf(definition, stage.id)
      .flatMap((step) =>
        definition.layout[step.id] ? [{ ...definition.layout[step.id]!, ...sizeOf(step.id) }] : [],
      )
      .sort((a, b) => a.y - b.y);
    return boxes.some((box, n) =>
      boxes.slice(n + 1).some((other) => overlaps({ ...box, h: box.h + BREATH }, other)),
    );
  });
}
