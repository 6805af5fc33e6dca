import { arrowTo } from "../flow/planting";
import type { Id, Point } from "../model/definition";
import { hit } from "../model/geometry";
import { IDLE, type ArrowStart, type Desk, type DrawingArrow, type Tool } from "./types";

/** An arrow is being drawn from an exit, a stage, the bar or a flag. */
export const drawingArrow: Tool<DrawingArrow> = {
  on(state, event, desk) {
    switch (event.type) {
      case "aim": {
        const over = target(desk, state.start, event.point);
        return over === state.over ? state : { ...state, over };
      }
      case "release": {
        const to = target(desk, state.start, event.point);
        if (!to) return { name: "picking", start: state.start, screen: event.screen, at: event.point };
        const made = arrowTo(desk, state.start, to);
        if (made) desk.run(made.commands, { select: [made.id], open: state.start.from !== "exit" });
        return IDLE;
      }
      case "cancel":
        return IDLE;
      default:
        return state;
    }
  },
};

/** What the arrow would lead to if it were let go here. */
function target(desk: Desk, start: ArrowStart, point: Point): Id | null {
  const under = hit(desk.definition, point, desk.sizeOf);
  return under && arrowTo(desk, start, under) ? under : null;
}
