import { IDLE, type PickingNext, type Renaming, type ResizingStage, type Tool } from "./types";

/** A stage is being pulled larger or smaller; its steps set the limit. */
export const resizingStage: Tool<ResizingStage> = {
  on(state, event, desk) {
    switch (event.type) {
      case "resize":
        return { ...state, place: event.place };
      case "drop":
        desk.run({ do: "move", places: { [state.stage]: state.place } });
        return IDLE;
      case "cancel":
        return IDLE;
      default:
        return state;
    }
  },
};

/** A name is being typed on its card. The card itself says when it is done. */
export const renaming: Tool<Renaming> = {
  on(state, event) {
    if (event.type === "rename") return { name: "renaming", id: event.id };
    return event.type === "cancel" ? IDLE : state;
  },
};

/** The menu of what comes next is open. */
export const pickingNext: Tool<PickingNext> = {
  on(state, event) {
    if (event.type === "pick") return { name: "picking", start: event.start, screen: event.screen, at: null };
    return event.type === "cancel" ? IDLE : state;
  },
};
