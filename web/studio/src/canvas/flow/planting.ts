/** Turns "this thing, put here" into commands: for the palette, the "+" on an exit, and an arrow let go over nothing. */
import type { Command } from "../model/commands";
import { ANY_STAGE, isExitArrow, type Id, type Point } from "../model/definition";
import { firstExit } from "../model/exits";
import {
  END_SIZE,
  ENTRY_SIZE,
  NOTE_SIZE,
  STAGE_HEAD,
  STAGE_MIN,
  STAGE_PAD,
  SLOT_FIRST,
  STEP_GAP,
  boxOf,
  placeOf,
  snap,
  stageSize,
  stepSize,
} from "../model/geometry";
import { freshId } from "../model/ids";
import { kindOf } from "../model/kinds";
import { find, findStep, stageOf, stepsOf } from "../model/lookup";
import type { ArrowStart, Desk, Plant, Soil } from "../tools/types";
import { exitsFor } from "./sizes";
import { startingAnyArrow, startingArrow, startingConfig, startingName, startingOn } from "./starters";

export interface Planting {
  commands: Command[];
  id: Id;
}
type Ground = Pick<Desk, "definition" | "catalogue" | "lang" | "sizeOf">;

/** How far above a dropped card another one may end and still be taken as the one before it. */
const REACH = 120;

function newStep(ground: Ground, kind: string) {
  const { definition, catalogue, lang } = ground;
  const config = startingConfig(kindOf(catalogue, kind));
  const id = freshId(definition, kind);
  const exits = exitsFor({ id, stage: "", kind, config }, catalogue, lang);
  return { id, config, exits, size: stepSize(exits.filter((exit) => !exit.side).length) };
}

/** The step above a point whose first exit is still free: the one that a new card most likely follows. */
export function nearestFree(ground: Ground, stage: Id, point: Point): { step: Id; exit: string } | null {
  const { definition, catalogue, lang, sizeOf } = ground;
  let best: { step: Id; exit: string; gap: number } | null = null;
  for (const step of stepsOf(definition, stage)) {
    const box = boxOf(definition, step.id, sizeOf);
    const exit = firstExit(exitsFor(step, catalogue, lang));
    if (!box || !exit || point.x < box.x - 40 || point.x > box.x + box.w + 40) continue;
    const gap = point.y - (box.y + box.h);
    const taken = definition.arrows.some(
      (arrow) => isExitArrow(arrow) && arrow.from === step.id && arrow.exit === exit.id,
    );
    if (!taken && gap > -box.h / 2 && gap < REACH && (!best || gap < best.gap))
      best = { step: step.id, exit: exit.id, gap };
  }
  return best && { step: best.step, exit: best.exit };
}

/** A new step behind an exit: the arrow that was there is cut, or a first one drawn. */
export function stepAfter(ground: Ground, kind: string, from: { step: Id; exit: string }): Planting {
  const { definition, catalogue, lang, sizeOf } = ground;
  const step = findStep(definition, from.step)!;
  const at = placeOf(definition, from.step);
  const size = sizeOf(from.step);
  const fresh = newStep(ground, kind);
  const main = exitsFor(step, catalogue, lang).filter((exit) => !exit.side);
  const n = main.findIndex((exit) => exit.id === from.exit);
  const column = main.length > 1 && n >= 0 ? ((n + 0.5) * size.w) / main.length - size.w / 2 : 0;
  const aside = n < 0 ? size.w + 48 : spreadOf(column, size.w, fresh.size.w);
  const place = snap({
    x: Math.max(STAGE_PAD, at.x + (size.w - fresh.size.w) / 2 + aside),
    y: n < 0 ? at.y : at.y + size.h + STEP_GAP,
  });
  const cut = definition.arrows.find(
    (arrow) => isExitArrow(arrow) && arrow.from === from.step && arrow.exit === from.exit,
  );
  const crowded = stepsOf(definition, step.stage).some((one) => {
    const other = placeOf(definition, one.id);
    const box = sizeOf(one.id);
    const meets = other.x < place.x + fresh.size.w && place.x < other.x + box.w;
    return meets && other.y < place.y + fresh.size.h + STEP_GAP / 2 && other.y + box.h > place.y;
  });
  const room = crowded ? fresh.size.h + STEP_GAP : undefined;
  const shared = { id: fresh.id, kind, config: fresh.config, at: place, room };
  if (cut && stageOf(definition, cut.to) === step.stage) {
    const exit = firstExit(fresh.exits)?.id ?? null;
    return {
      id: fresh.id,
      commands: [
        { do: "insertStepIntoArrow", ...shared, arrow: cut.id, exit, next: freshId(definition, "a") },
      ],
    };
  }
  const after = { arrow: freshId(definition, "a"), step: from.step, exit: from.exit };
  return { id: fresh.id, commands: [{ do: "addStep", ...shared, stage: step.stage, after }] };
}

/** Columns of a branch stand side by side, so that the cards behind its exits do not lie upon each other. */
function spreadOf(column: number, parent: number, child: number): number {
  if (Math.abs(column) < 1) return 0;
  return Math.abs(column) < child / 2 ? Math.sign(column) * Math.max(child / 2 + 16, parent / 4) : column;
}

export function stepIntoArrow(ground: Ground, kind: string, arrow: Id): Planting | null {
  const found = find(ground.definition, arrow);
  if (found?.is !== "arrow" || !isExitArrow(found.arrow)) return null;
  return stepAfter(ground, kind, { step: found.arrow.from, exit: found.arrow.exit });
}

function stepInStage(ground: Ground, kind: string, stage: Id, point: Point | null): Planting {
  const { definition, sizeOf } = ground;
  const fresh = newStep(ground, kind);
  const frame = placeOf(definition, stage);
  const steps = stepsOf(definition, stage);
  const low = Math.max(
    STAGE_HEAD + 20 - STEP_GAP,
    ...steps.map((one) => placeOf(definition, one.id).y + sizeOf(one.id).h),
  );
  const last =
    steps.length > 0 && !point
      ? { x: placeOf(definition, steps.at(-1)!.id).x, y: low + STEP_GAP }
      : { x: STAGE_PAD, y: low + STEP_GAP };
  const wanted = point
    ? { x: point.x - frame.x - fresh.size.w / 2, y: point.y - frame.y - fresh.size.h / 2 }
    : last;
  const at = snap({ x: Math.max(STAGE_PAD, wanted.x), y: Math.max(STAGE_HEAD + 16, wanted.y) });
  return { id: fresh.id, commands: [{ do: "addStep", id: fresh.id, stage, kind, config: fresh.config, at }] };
}

function stageAtPoint(ground: Ground, point: Point | null): { id: Id; command: Command } {
  const { definition, lang, sizeOf } = ground;
  const id = freshId(definition, "stage");
  const edge = Math.max(
    -208,
    ...definition.stages.map(
      (stage) => placeOf(definition, stage.id).x + stageSize(definition, stage.id, sizeOf).w,
    ),
  );
  const top =
    definition.stages.length > 0
      ? Math.min(...definition.stages.map((stage) => placeOf(definition, stage.id).y))
      : 0;
  const at = point
    ? snap({ x: point.x - STAGE_MIN.w / 2, y: point.y - 26 })
    : snap({ x: edge + 208, y: top });
  const name = `${startingName("stage", lang)} ${definition.stages.length + 1}`;
  return { id, command: { do: "addStage", id, name, at: { ...at, w: STAGE_MIN.w, h: STAGE_MIN.h } } };
}

/** Puts a thing where it was let go; null if it cannot stand there. */
export function plant(ground: Ground, thing: Plant, soil: Soil, point: Point | null): Planting | null {
  const { definition, lang, catalogue } = ground;
  switch (thing.what) {
    case "step":
      return plantStep(ground, thing.kind, soil, point);
    case "stage": {
      const made = stageAtPoint(ground, point);
      return { id: made.id, commands: [made.command] };
    }
    case "end": {
      const id = freshId(definition, "end");
      const at = point
        ? snap({ x: point.x - END_SIZE.w / 2, y: point.y - END_SIZE.h / 2 })
        : freeSpot(ground);
      return {
        id,
        commands: [{ do: "addEnd", id, name: startingName("end", lang), result: "completed", at }],
      };
    }
    case "note": {
      const id = freshId(definition, "note");
      const at = point
        ? snap({ x: point.x - NOTE_SIZE.w / 2, y: point.y - NOTE_SIZE.h / 2 })
        : freeSpot(ground);
      return { id, commands: [{ do: "addNote", id, text: "", at }] };
    }
    case "entry": {
      const to = soil.on === "stage" ? soil.stage : nearestStage(ground, point);
      if (!to) return null;
      const id = freshId(definition, "in");
      const frame = placeOf(definition, to);
      const n = definition.entries.filter((entry) => stageOf(definition, entry.to) === to).length;
      const beside = { x: frame.x - ENTRY_SIZE.w - 88, y: frame.y + SLOT_FIRST - ENTRY_SIZE.h / 2 + n * 64 };
      const at =
        soil.on === "canvas" && point
          ? snap({ x: point.x - ENTRY_SIZE.w / 2, y: point.y - ENTRY_SIZE.h / 2 })
          : beside;
      return { id, commands: [{ do: "addEntry", id, on: startingOn(catalogue, thing.type), to, at }] };
    }
    case "any": {
      const to =
        soil.on === "stage"
          ? soil.stage
          : soil.on === "end"
            ? soil.end
            : (definition.ends[0]?.id ?? definition.stages[0]?.id);
      if (!to) return null;
      const id = freshId(definition, "a");
      return { id, commands: [{ do: "addStageArrow", id, from: ANY_STAGE, on: startingAnyArrow(), to }] };
    }
  }
}

/** The stage whose upper left corner is nearest to a point; the first one if there is no point. */
function nearestStage({ definition }: Ground, point: Point | null): Id | undefined {
  if (!point) return definition.stages[0]?.id;
  const far = (id: Id) =>
    Math.hypot(placeOf(definition, id).x - point.x, placeOf(definition, id).y - point.y);
  return definition.stages.map((stage) => stage.id).sort((a, b) => far(a) - far(b))[0];
}

function plantStep(ground: Ground, kind: string, soil: Soil, point: Point | null): Planting | null {
  switch (soil.on) {
    case "exit":
      return stepAfter(ground, kind, soil);
    case "arrow":
      return stepIntoArrow(ground, kind, soil.arrow);
    case "stage": {
      const planting = stepInStage(ground, kind, soil.stage, point);
      const command = planting.commands[0]!;
      if (!soil.near || command.do !== "addStep") return planting;
      const after = { arrow: freshId(ground.definition, "a"), ...soil.near };
      return { ...planting, commands: [{ ...command, after }] };
    }
    case "canvas": {
      const stage = stageAtPoint(ground, point);
      const fresh = newStep(ground, kind);
      const at = { x: STAGE_PAD, y: STAGE_HEAD + 20 };
      return {
        id: fresh.id,
        commands: [
          stage.command,
          { do: "addStep", id: fresh.id, stage: stage.id, kind, config: fresh.config, at },
        ],
      };
    }
    case "end":
      return null;
  }
}

function freeSpot({ definition, sizeOf }: Ground): Point {
  const edge = Math.max(
    0,
    ...definition.stages.map(
      (stage) => placeOf(definition, stage.id).x + stageSize(definition, stage.id, sizeOf).w + 96,
    ),
  );
  return snap({ x: edge, y: definition.ends.length * 72 });
}

/** The arrow from where it was pulled to a thing that is there; null if nothing can lead there. */
export function arrowTo({ definition }: Ground, start: ArrowStart, to: Id): Planting | null {
  const found = find(definition, to);
  const isPlace = found?.is === "stage" || found?.is === "step";
  if (!isPlace && (found?.is !== "end" || start.from === "entry")) return null;
  const id = freshId(definition, "a");
  switch (start.from) {
    case "exit":
      return start.step === to
        ? null
        : { id, commands: [{ do: "connectExit", id, from: start.step, exit: start.exit, to }] };
    case "stage":
      return { id, commands: [{ do: "addStageArrow", id, from: start.stage, on: startingArrow(), to }] };
    case "any":
      return { id, commands: [{ do: "addStageArrow", id, from: ANY_STAGE, on: startingAnyArrow(), to }] };
    case "entry":
      return { id: start.entry, commands: [{ do: "setEntry", id: start.entry, set: { to } }] };
  }
}

/** A new thing at the end of an arrow that was let go over nothing, already connected. */
export function plantAtEnd(
  ground: Ground,
  start: ArrowStart,
  thing: Plant,
  at: Point | null,
): Planting | null {
  if (thing.what === "step" && start.from === "exit") return stepAfter(ground, thing.kind, start);
  const made = plant(ground, thing, { on: "canvas" }, at);
  if (!made) return null;
  const goal =
    thing.what === "step" ? made.commands.find((command) => command.do === "addStage")?.id : made.id;
  return goal ? { ...made, commands: [...made.commands, ...linkTo(ground, start, goal)] } : made;
}

/** As `arrowTo`, for a target that the same list of commands has yet to make. */
function linkTo({ definition }: Ground, start: ArrowStart, to: Id): Command[] {
  const id = freshId(definition, "a");
  if (start.from === "exit") return [{ do: "connectExit", id, from: start.step, exit: start.exit, to }];
  if (start.from === "entry") return [{ do: "setEntry", id: start.entry, set: { to } }];
  if (start.from === "any") return [{ do: "addStageArrow", id, from: ANY_STAGE, on: startingAnyArrow(), to }];
  return [{ do: "addStageArrow", id, from: start.stage, on: startingArrow(), to }];
}
