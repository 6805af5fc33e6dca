/** Adds a thing without being told where: behind what is selected, else at the end of the last stage. */
import { nearestFree, plant } from "../flow/planting";
import { exitsFor } from "../flow/sizes";
import { isExitArrow, type Definition, type Id } from "../model/definition";
import { firstExit } from "../model/exits";
import { boxOf } from "../model/geometry";
import { find, stageOf, stepsOf } from "../model/lookup";
import { deskOf } from "../state/viewing";
import { useCanvas } from "../store";
import type { Desk, Plant, Soil } from "../tools/types";

export function addWhereItFits(thing: Plant): void {
  const state = useCanvas.getState();
  const desk = deskOf(state);
  state.send({ type: "cancel" });
  const made = plant(desk, thing, bestSoil(desk, thing, state.selection), null);
  if (made) state.run(made.commands, { select: [made.id], open: true });
  else state.say("notice.needs-a-stage");
}

function bestSoil(desk: Desk, thing: Plant, selection: readonly Id[]): Soil {
  const { definition } = desk;
  const chosen = selection.length === 1 ? find(definition, selection[0]) : undefined;
  if (chosen?.is === "arrow" && thing.what === "step" && isExitArrow(chosen.arrow))
    return { on: "arrow", arrow: chosen.arrow.id };
  if (chosen?.is === "step" && thing.what === "step") {
    const exit = freeExit(desk, chosen.step.id);
    if (exit) return { on: "exit", step: chosen.step.id, exit };
  }
  const stage =
    (chosen && "step" in chosen ? chosen.step.stage : undefined) ??
    (chosen?.is === "stage" ? chosen.stage.id : undefined) ??
    definition.stages.at(-1)?.id;
  if (!stage || thing.what === "stage") return { on: "canvas" };
  const last = tail(definition, desk, stage);
  if (thing.what === "step" && last) return { on: "exit", ...last };
  return { on: "stage", stage, near: null };
}

/** The first exit of a step that no arrow leaves; else its first exit, whose arrow is then cut. */
export function freeExit({ definition, catalogue, lang }: Desk, step: Id): string | null {
  const found = find(definition, step);
  if (found?.is !== "step") return null;
  const exits = exitsFor(found.step, catalogue, lang);
  const taken = (exit: string) =>
    definition.arrows.some((arrow) => isExitArrow(arrow) && arrow.from === step && arrow.exit === exit);
  return (exits.find((exit) => !exit.side && !taken(exit.id)) ?? firstExit(exits))?.id ?? null;
}

/** The lowest step of a stage whose first exit is free: the end of its chain. */
function tail(definition: Definition, desk: Desk, stage: Id): { step: Id; exit: string } | null {
  const lowest = stepsOf(definition, stage)
    .flatMap((step) => {
      const box = boxOf(definition, step.id, desk.sizeOf);
      return box ? [{ x: box.x + box.w / 2, y: box.y + box.h + 8 }] : [];
    })
    .sort((a, b) => b.y - a.y);
  for (const point of lowest) {
    const free = nearestFree(desk, stage, point);
    if (free && stageOf(definition, free.step) === stage) return free;
  }
  return null;
}
