/** How large things are and where they lie: pure numbers, so that drawing, hit tests and layout agree. */
import {
  isAnyStageArrow,
  isStageArrow,
  sources,
  type Arrow,
  type Definition,
  type Id,
  type Place,
  type Point,
  type Size,
} from "./definition";
import { find, stepsOf } from "./lookup";

export interface Box extends Point, Size {}

export const GRID = 8;
export const STEP_WIDTH = 240;
export const STEP_HEIGHT = 76;
export const EXIT_ROW = 26;
export const EXIT_WIDTH = 78;
export const STEP_GAP = 48;
export const STAGE_HEAD = 52;
export const STAGE_PAD = 24;
export const STAGE_MIN: Size = { w: 288, h: 176 };
export const SLOT_FIRST = 76;
export const SLOT_PITCH = 36;
export const ENTRY_SIZE: Size = { w: 168, h: 48 };
export const END_SIZE: Size = { w: 152, h: 44 };
export const NOTE_SIZE: Size = { w: 200, h: 104 };
export const ANY_BAR_HEIGHT = 40;
export const ANY_BAR_GAP = 72;
/** How near an end may be to the bar. */
const BAR_CLEAR = 24;

/** A card's size follows from how many exits it shows; one exit is only a dot, several need a row. */
export function stepSize(mainExits: number): Size {
  if (mainExits <= 1) return { w: STEP_WIDTH, h: STEP_HEIGHT };
  return { w: Math.max(STEP_WIDTH, mainExits * EXIT_WIDTH), h: STEP_HEIGHT + EXIT_ROW };
}

/** How many main exits each step has; the model does not know kinds, so it is handed in. */
export type StepSizes = (step: Id) => Size;

export const snap = (point: Point): Point => ({
  x: Math.round(point.x / GRID) * GRID,
  y: Math.round(point.y / GRID) * GRID,
});

const slotLists = new WeakMap<Arrow[], ReadonlyMap<Id, Id[]>>();
const NO_SLOTS: Id[] = [];

/** The stage arrows that leave a stage, in drawn order; counted once for as long as the arrows stay the same. */
export function slotsOf(definition: Definition, stage: Id): Id[] {
  let byStage = slotLists.get(definition.arrows);
  if (!byStage) {
    const lists = new Map<Id, Id[]>();
    for (const arrow of definition.arrows) {
      if (!isStageArrow(arrow)) continue;
      for (const from of sources(arrow)) lists.set(from, [...(lists.get(from) ?? []), arrow.id]);
    }
    byStage = lists;
    slotLists.set(definition.arrows, byStage);
  }
  return byStage.get(stage) ?? NO_SLOTS;
}

/** A stage's card: what its author gave it, grown until all its steps and arrows find room. */
export function stageSize(definition: Definition, stage: Id, sizeOf: StepSizes): Size {
  const place = definition.layout[stage];
  let w = Math.max(STAGE_MIN.w, place?.w ?? 0);
  let h = Math.max(STAGE_MIN.h, place?.h ?? 0, SLOT_FIRST + slotsOf(definition, stage).length * SLOT_PITCH);
  for (const step of stepsOf(definition, stage)) {
    const at = definition.layout[step.id];
    if (!at) continue;
    const size = sizeOf(step.id);
    w = Math.max(w, at.x + size.w + STAGE_PAD);
    h = Math.max(h, at.y + size.h + STAGE_PAD + 8);
  }
  return { w, h };
}

export const ORIGIN: Point = { x: 0, y: 0 };
export const placeOf = (definition: Definition, id: Id): Place => definition.layout[id] ?? ORIGIN;

/** The box of a node on the canvas itself, whatever it is; null for what is not drawn as a box. */
export function boxOf(definition: Definition, id: Id, sizeOf: StepSizes): Box | null {
  const found = find(definition, id);
  if (!found) return null;
  const at = placeOf(definition, id);
  switch (found.is) {
    case "stage":
      return { x: at.x, y: at.y, ...stageSize(definition, id, sizeOf) };
    case "step": {
      const stage = placeOf(definition, found.step.stage);
      return { x: stage.x + at.x, y: stage.y + at.y, ...sizeOf(id) };
    }
    case "end":
      return { x: at.x, y: at.y, ...END_SIZE };
    case "entry":
      return { x: at.x, y: at.y, ...ENTRY_SIZE };
    case "note":
      return { x: found.note.x, y: found.note.y, ...NOTE_SIZE };
    default:
      return null;
  }
}

export const contains = (box: Box, point: Point, margin = 0): boolean =>
  point.x >= box.x - margin &&
  point.x <= box.x + box.w + margin &&
  point.y >= box.y - margin &&
  point.y <= box.y + box.h + margin;

export const center = (box: Box): Point => ({ x: box.x + box.w / 2, y: box.y + box.h / 2 });

export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

export function bounds(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    w: Math.max(...boxes.map((box) => box.x + box.w)) - x,
    h: Math.max(...boxes.map((box) => box.y + box.h)) - y,
  };
}

/** The ends that other arrows than those of any stage lead to; they stand among the stages. */
export function endsAmongStages(definition: Definition): ReadonlySet<Id> {
  const led = new Set(definition.arrows.filter((arrow) => !isAnyStageArrow(arrow)).map((arrow) => arrow.to));
  return new Set(definition.ends.filter((end) => led.has(end.id)).map((end) => end.id));
}

/** The bar from which arrows out of any stage start: as wide as the stages, under them and the ends among them. */
export function anyBar(definition: Definition, sizeOf: StepSizes): Box | null {
  if (!definition.arrows.some(isAnyStageArrow)) return null;
  const all = bounds(definition.stages.flatMap((stage) => boxOf(definition, stage.id, sizeOf) ?? []));
  if (!all) return null;
  const ends = [...endsAmongStages(definition)].flatMap((id) => boxOf(definition, id, sizeOf) ?? []);
  const between = ends.filter((end) => end.x < all.x + all.w && end.x + end.w > all.x);
  const low = Math.max(all.y + all.h, ...between.map((end) => end.y + end.h));
  const bar = { x: all.x, y: low + ANY_BAR_GAP, w: all.w, h: ANY_BAR_HEIGHT };
  // An end that somebody has put right where the bar would be stays; the bar goes below it.
  const put = definition.ends.flatMap((end) => boxOf(definition, end.id, sizeOf) ?? []);
  for (const end of put.sort((a, b) => a.y - b.y)) {
    const near = { x: end.x, y: end.y - BAR_CLEAR, w: end.w, h: end.h + 2 * BAR_CLEAR };
    if (overlaps(near, bar)) bar.y = end.y + end.h + ANY_BAR_GAP;
  }
  return bar;
}

/** What lies under a point: a step before its stage, ends and entries before both. */
export function hit(
  definition: Definition,
  point: Point,
  sizeOf: StepSizes,
  except: ReadonlySet<Id> = new Set(),
): Id | null {
  const small = [...definition.ends, ...definition.entries];
  for (const list of [small, definition.steps, definition.stages]) {
    for (const one of [...list].reverse()) {
      if (except.has(one.id)) continue;
      const box = boxOf(definition, one.id, sizeOf);
      if (box && contains(box, point)) return one.id;
    }
  }
  return null;
}

/** The stage under a point, looking through its steps. */
export function stageAt(definition: Definition, point: Point, sizeOf: StepSizes): Id | null {
  for (const stage of [...definition.stages].reverse()) {
    const box = boxOf(definition, stage.id, sizeOf);
    if (box && contains(box, point)) return stage.id;
  }
  return null;
}
