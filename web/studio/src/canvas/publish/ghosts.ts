/** A draft with the things that an older drawing had and it has not: they are shown struck out where they stood. */
import { isExitArrow, sources, type Arrow, type Definition, type Id, type Place } from "../model/definition";
import { STAGE_MIN, STEP_HEIGHT, STEP_WIDTH } from "../model/geometry";
import { indexOf } from "../model/lookup";

const GAP = 24;
/** Ghosts are laid out with one size for all: their exits do not matter any more. */
const STEP_ROOM = { w: STEP_WIDTH, h: STEP_HEIGHT + 26 };

export function withGhosts(draft: Definition, before: Definition): Definition {
  const known = indexOf(draft);
  const gone = <T extends { id: Id }>(list: readonly T[]) => list.filter((one) => !known.has(one.id));
  const stages = gone(before.stages);
  const steps = gone(before.steps);
  const ends = gone(before.ends);
  const entries = gone(before.entries);
  const there = new Set([...known.keys(), ...[...stages, ...steps, ...ends].map((one) => one.id)]);
  const arrows = gone(before.arrows).filter((arrow) => hangs(arrow, there) && !exitTaken(draft, arrow));
  const leads = entries.filter((entry) => there.has(entry.to));
  if (stages.length + steps.length + ends.length + leads.length + arrows.length === 0) return draft;
  // A step whose stage moved away under it would float about; its stage comes back with it as a ghost.
  const stood = steps.filter((step) => there.has(step.stage));
  return {
    ...draft,
    stages: [...draft.stages, ...stages],
    steps: [...draft.steps, ...stood],
    ends: [...draft.ends, ...ends],
    entries: [...draft.entries, ...leads],
    arrows: [...draft.arrows, ...arrows],
    layout: { ...draft.layout, ...placesOf(draft, before, stages, stood, [...ends, ...leads]) },
  };
}

function hangs(arrow: Arrow, there: ReadonlySet<Id>): boolean {
  if (!there.has(arrow.to)) return false;
  if (isExitArrow(arrow)) return there.has(arrow.from);
  return sources(arrow).every((id) => there.has(id));
}

/** An exit has room for one line; where the draft leads it elsewhere the old line would only cover the new one. */
const exitTaken = (draft: Definition, old: Arrow): boolean =>
  isExitArrow(old) &&
  draft.arrows.some((arrow) => isExitArrow(arrow) && arrow.from === old.from && arrow.exit === old.exit);

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}
const meet = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Pushes a box down until it lies on nothing. */
function settle(box: Box, taken: readonly Box[]): Box {
  let { y } = box;
  for (let under = taken.find((one) => meet({ ...box, y }, one)); under;) {
    y = under.y + under.h + GAP;
    under = taken.find((one) => meet({ ...box, y }, one));
  }
  return { ...box, y };
}

const STILL = { x: 0, y: 0 };

/** How far the nearest step of a stage that is still there has been moved since: its old neighbour goes along. */
function shiftBeside(draft: Definition, before: Definition, stage: Id, at: Box): { x: number; y: number } {
  const moved = draft.steps.flatMap(({ id, stage: home }) => {
    const [was, is] = [before.layout[id], draft.layout[id]];
    if (home !== stage || !was || !is) return [];
    return [{ far: Math.hypot(was.x - at.x, was.y - at.y), x: is.x - was.x, y: is.y - was.y }];
  });
  moved.sort((a, b) => a.far - b.far);
  return moved[0] ?? STILL;
}

function placesOf(
  draft: Definition,
  before: Definition,
  stages: Definition["stages"],
  steps: Definition["steps"],
  loose: readonly { id: Id }[],
): Record<Id, Place> {
  const places: Record<Id, Place> = {};
  const placed = (definition: Definition, id: Id, size: { w: number; h: number }): Box => {
    const at = definition.layout[id] ?? { x: 0, y: 0 };
    return { x: at.x, y: at.y, w: at.w ?? size.w, h: at.h ?? size.h };
  };
  const cards = draft.stages.map((stage) => placed(draft, stage.id, STAGE_MIN));
  for (const { id } of stages) {
    const box = settle(placed(before, id, STAGE_MIN), cards);
    cards.push(box);
    places[id] = box;
  }
  const isGhost = new Set(stages.map((stage) => stage.id));
  for (const step of steps) {
    const old = placed(before, step.id, STEP_ROOM);
    const shift = isGhost.has(step.stage) ? STILL : shiftBeside(draft, before, step.stage, old);
    const at = { ...old, x: old.x + shift.x, y: old.y + shift.y };
    if (isGhost.has(step.stage)) {
      places[step.id] = { x: at.x, y: at.y };
      continue;
    }
    const beside = [...draft.steps, ...steps].flatMap((one) => {
      const place = places[one.id] ?? draft.layout[one.id];
      return one.stage === step.stage && place && one.id !== step.id
        ? [{ x: place.x, y: place.y, ...STEP_ROOM }]
        : [];
    });
    const { x, y } = settle(at, beside);
    places[step.id] = { x, y };
  }
  for (const { id } of loose) places[id] = before.layout[id] ?? { x: 0, y: 0 };
  return places;
}
