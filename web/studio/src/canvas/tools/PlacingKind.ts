import { nearestFree, plant } from "../flow/planting";
import { isExitArrow, type Id, type Point } from "../model/definition";
import { boxOf, hit, stageAt } from "../model/geometry";
import { find, findArrow } from "../model/lookup";
import { IDLE, type Desk, type PlacingKind, type Plant, type Soil, type Tool, type Under } from "./types";

/** Something from the palette is carried over the canvas: what would take it lights up. */
export const placingKind: Tool<PlacingKind> = {
  on(state, event, desk) {
    switch (event.type) {
      case "aim":
        return { ...state, screen: event.screen, soil: soilAt(desk, state.plant, event.point, event.under) };
      case "release": {
        const soil = soilAt(desk, state.plant, event.point, event.under);
        const made = soil && plant(desk, state.plant, soil, event.point);
        if (made) desk.run(made.commands, { select: [made.id], open: true });
        else if (event.under.canvas) desk.say("cannot-stand-here");
        return IDLE;
      }
      case "cancel":
        return IDLE;
      default:
        return state;
    }
  },
};

function soilAt(desk: Desk, thing: Plant, point: Point, under: Under): Soil | null {
  if (!under.canvas) return null;
  const { definition, sizeOf } = desk;
  const stage = stageAt(definition, point, sizeOf);
  if (thing.what === "step") {
    if (under.exit) return { on: "exit", ...under.exit };
    const arrow = findArrow(definition, under.arrow);
    if (arrow && isExitArrow(arrow)) return { on: "arrow", arrow: arrow.id };
    const home = stage ?? stageAbove(desk, point);
    if (home) return { on: "stage", stage: home, near: nearestFree(desk, home, point) };
    return { on: "canvas" };
  }
  const below = hit(definition, point, sizeOf);
  if (thing.what === "any" && below && find(definition, below)?.is === "end")
    return { on: "end", end: below };
  if (stage && (thing.what === "entry" || thing.what === "any")) return { on: "stage", stage, near: null };
  return { on: "canvas" };
}

/** How far below a stage's border a step may be let go and still be taken in; the stage grows with it. */
const REACH_BELOW = 88;

function stageAbove({ definition, sizeOf }: Desk, point: Point): Id | null {
  for (const stage of definition.stages) {
    const box = boxOf(definition, stage.id, sizeOf);
    const below = box && point.y - (box.y + box.h);
    if (
      box &&
      below !== null &&
      below >= 0 &&
      below <= REACH_BELOW &&
      point.x >= box.x &&
      point.x <= box.x + box.w
    )
      return stage.id;
  }
  return null;
}
