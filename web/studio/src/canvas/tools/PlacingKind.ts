import { nearestFree, plant } from "../flow/planting";
import { isExitArrow, type Point } from "../model/definition";
import { hit, stageAt } from "../model/geometry";
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
    if (stage) return { on: "stage", stage, near: nearestFree(desk, stage, point) };
    return { on: "canvas" };
  }
  const below = hit(definition, point, sizeOf);
  if (thing.what === "any" && below && find(definition, below)?.is === "end")
    return { on: "end", end: below };
  if (stage && (thing.what === "entry" || thing.what === "any")) return { on: "stage", stage, near: null };
  return { on: "canvas" };
}
