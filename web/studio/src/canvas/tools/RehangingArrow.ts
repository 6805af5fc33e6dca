import { firstExit } from "../model/exits";
import { exitsFor } from "../flow/sizes";
import type { Command } from "../model/commands";
import { isExitArrow, type Id } from "../model/definition";
import { hit } from "../model/geometry";
import { find, findArrow, findStep, stageOf } from "../model/lookup";
import { IDLE, type Desk, type RehangingArrow, type Tool } from "./types";

/** One end of an arrow is being hung somewhere else. */
export const rehangingArrow: Tool<RehangingArrow> = {
  on(state, event, desk) {
    switch (event.type) {
      case "aim": {
        const under = hit(desk.definition, event.point, desk.sizeOf);
        const over = under && rehang(state, under, desk) ? under : null;
        return over === state.over ? state : { ...state, over };
      }
      case "release": {
        const under = hit(desk.definition, event.point, desk.sizeOf);
        const command = under ? rehang(state, under, desk) : null;
        if (command) desk.run(command, { select: [state.arrow] });
        return IDLE;
      }
      case "cancel":
        return IDLE;
      default:
        return state;
    }
  },
};

function rehang(state: RehangingArrow, to: Id, desk: Desk): Command | null {
  const { definition, catalogue, lang } = desk;
  const found = find(definition, to);
  const arrow = findArrow(definition, state.arrow);
  if (!found || !arrow) return null;
  if (state.end === "target") {
    const leadsOn = found.is === "stage" || found.is === "step" || found.is === "end";
    return leadsOn && arrow.from !== to ? { do: "reconnect", id: arrow.id, to } : null;
  }
  if (isExitArrow(arrow)) {
    const step = findStep(definition, to);
    const exit = step && firstExit(exitsFor(step, catalogue, lang));
    return step && exit && step.id !== arrow.to
      ? { do: "reconnect", id: arrow.id, from: step.id, exit: exit.id }
      : null;
  }
  const stage = stageOf(definition, to);
  return stage ? { do: "reconnect", id: arrow.id, from: stage, instead: state.stage } : null;
}
