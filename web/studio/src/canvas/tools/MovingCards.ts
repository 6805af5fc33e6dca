import type { Command } from "../model/commands";
import type { Id, Place } from "../model/definition";
import { STAGE_HEAD, STEP_GAP, overlaps, placeOf, snap, stageAt } from "../model/geometry";
import { findStep, stepsOf } from "../model/lookup";
import { IDLE, type Desk, type MovingCards, type Tool } from "./types";

const LEAST = { x: 8, y: STAGE_HEAD + 8 };

/** Cards are being dragged. Nothing is changed before they are let go, so a drag is one entry of the history. */
export const movingCards: Tool<MovingCards> = {
  on(state, event, desk) {
    switch (event.type) {
      case "drag": {
        const loneStep = findStep(desk.definition, only(Object.keys(event.moved)));
        const over = loneStep && event.point ? stageAt(desk.definition, event.point, desk.sizeOf) : null;
        return { name: "moving", moved: event.moved, over: over === loneStep?.stage ? null : over };
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

function settle(state: MovingCards, { definition, sizeOf }: Desk): Command[] {
  const ids = Object.keys(state.moved);
  const lone = findStep(definition, only(ids));
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

/** A step stays within its stage's upper left corner; to the right and below the stage grows with it. */
const inside = (at: Place): Place => {
  const snapped = snap(at);
  return { x: Math.max(LEAST.x, snapped.x), y: Math.max(LEAST.y, snapped.y) };
};
