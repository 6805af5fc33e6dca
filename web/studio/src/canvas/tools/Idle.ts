import { movingCards } from "./MovingCards";
import type { Idle, Tool } from "./types";

/** Nothing is going on: every beginning starts here. */
export const idle: Tool<Idle> = {
  on(state, event, desk) {
    switch (event.type) {
      case "drag":
        return movingCards.on({ name: "moving", moved: {}, over: null, into: null }, event, desk);
      case "pull":
        return { name: "drawing", start: event.start, over: null };
      case "unhook":
        return { name: "rehanging", arrow: event.arrow, end: event.end, stage: event.stage, over: null };
      case "carry":
        return { name: "placing", plant: event.plant, screen: event.screen, soil: null };
      case "resize":
        return { name: "resizing", stage: event.stage, place: event.place };
      case "rename":
        return { name: "renaming", id: event.id };
      case "pick":
        return { name: "picking", start: event.start, screen: event.screen, at: null };
      default:
        return state;
    }
  },
};
