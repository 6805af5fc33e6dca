import type { Command } from "../model/commands";
import { exitsFor } from "../flow/sizes";
import { isExitArrow, type Id, type Place, type Step } from "../model/definition";
import { firstExit } from "../model/exits";
import { STAGE_HEAD, STEP_GAP, overlaps, placeOf, snap, stageAt } from "../model/geometry";
import { freshId } from "../model/ids";
import { findArrow, findStep, stepsOf } from "../model/lookup";
import { IDLE, type Desk, type MovingCards, type Tool } from "./types";

const LEAST = { x: 8, y: STAGE_HEAD + 8 };

/** Cards are being dragged. Nothing is changed before they are let go, so a drag is one entry of the history. */
export const movingCards: Tool<MovingCards> = {
  on(state, event, desk) {
    switch (event.type) {
      case "drag": {
        const loneStep = findStep(desk.definition, only(Object.keys(event.moved)));
        const over = loneStep && event.point ? stageAt(desk.definition, event.point, desk.sizeOf) : null;
        const into =
          loneStep && event.arrow && canGoInto(desk, loneStep.id, event.arrow) ? event.arrow : null;
        return { name: "moving", moved: event.moved, over: over === loneStep?.stage ? null : over, into };
      }
      case "drop":
        desk.run(settle(state, desk));
        return IDLE;
      case "cancel":
        return IDLE;
      default:
        return state;
    }
  },
};

const only = (ids: string[]): Id | null => (ids.length === 1 ? ids[0]! : null);

function settle(state: MovingCards, desk: Desk): Command[] {
  const { definition, sizeOf } = desk;
  const ids = Object.keys(state.moved);
  const lone = findStep(definition, only(ids));
  if (lone && state.into) return insert(desk, lone, state.into);
  if (lone && state.over) {
    const from = placeOf(definition, lone.stage);
    const to = placeOf(definition, state.over);
    const at = state.moved[lone.id]!;
    const place = inside({ x: from.x + at.x - to.x, y: from.y + at.y - to.y });
    const size = sizeOf(lone.id);
    const box = { ...place, ...size };
    const crowded = stepsOf(definition, state.over).some((one) =>
      overlaps(box, { ...placeOf(definition, one.id), ...sizeOf(one.id) }),
    );
    const room = crowded ? size.h + STEP_GAP : undefined;
    return [{ do: "moveStepToStage", id: lone.id, stage: state.over, at: place, room }];
  }
  const places: Record<Id, Place> = {};
  for (const id of ids) {
    const at = snap(state.moved[id]!);
    places[id] = findStep(definition, id) ? inside(at) : at;
  }
  return [{ do: "move", places }];
}

/** Only a step that nothing leads to can be put into an arrow: taking it out of its chain is another matter. */
function canGoInto({ definition }: Desk, step: Id, arrow: Id): boolean {
  const found = findArrow(definition, arrow);
  if (!found || !isExitArrow(found) || found.from === step) return false;
  return ![...definition.arrows, ...definition.entries].some((one) => one.to === step);
}

/** The arrow leads to the step, and the step's first exit on to where the arrow led. */
function insert({ definition, catalogue, lang, sizeOf }: Desk, step: Step, into: Id): Command[] {
  const arrow = findArrow(definition, into);
  const before = arrow && isExitArrow(arrow) ? findStep(definition, arrow.from) : undefined;
  const exit = firstExit(exitsFor(step, catalogue, lang));
  if (!arrow || !before) return [];
  const at = placeOf(definition, before.id);
  const size = sizeOf(before.id);
  const own = sizeOf(step.id);
  const place = inside({ x: at.x + (size.w - own.w) / 2, y: at.y + size.h + STEP_GAP });
  const room = own.h + STEP_GAP;
  const commands: Command[] = [
    { do: "moveStepToStage", id: step.id, stage: before.stage, at: place, room },
    { do: "reconnect", id: arrow.id, to: step.id },
  ];
  const leads = definition.arrows.some(
    (one) => isExitArrow(one) && one.from === step.id && one.exit === exit?.id,
  );
  if (exit && !leads)
    commands.push({
      do: "connectExit",
      id: freshId(definition, "a"),
      from: step.id,
      exit: exit.id,
      to: arrow.to,
    });
  return commands;
}

/** A step stays within its stage's upper left corner; to the right and below the stage grows with it. */
const inside = (at: Place): Place => {
  const snapped = snap(at);
  return { x: Math.max(LEAST.x, snapped.x), y: Math.max(LEAST.y, snapped.y) };
};
