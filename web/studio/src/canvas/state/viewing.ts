import { sizesFor } from "../flow/sizes";
import { emptyCatalogue } from "../model/kinds";
import { plainNames } from "../model/words/names";
import { handle } from "../tools";
import { IDLE, type Desk } from "../tools/types";
import type { CanvasState, Get, Set, Viewing } from "./types";

export function viewing(set: Set, get: Get): Viewing {
  return {
    catalogue: emptyCatalogue,
    names: plainNames("zh"),
    tool: IDLE,
    side: null,
    finding: false,
    showingKeys: false,
    level: "near",
    far: false,
    menu: null,

    send(event) {
      const state = get();
      const tool = handle(state.tool, event, deskOf(state));
      if (tool !== state.tool) set({ tool });
    },
    setSide: (side) => set({ side, ...(side === "people" ? {} : { way: null, peopleAt: null }) }),
    setFinding: (finding) => set({ finding }),
    setShowingKeys: (showingKeys) => set({ showingKeys }),
    setLevel: (level) => {
      if (get().level !== level) set({ level, far: level !== "near" });
    },
    openMenu(at, id) {
      get().send({ type: "cancel" });
      if (id && !get().selection.includes(id)) get().select([id]);
      set({ menu: { at, id } });
    },
    closeMenu: () => set({ menu: null }),
    setWords: (catalogue, names) => set({ catalogue, names }),
  };
}

/** What a tool may see and do. */
export function deskOf(state: CanvasState): Desk {
  const { history, catalogue, names } = state;
  return {
    definition: history.present,
    catalogue,
    lang: names.lang,
    sizeOf: sizesFor(history.present, catalogue, names.lang),
    run: (commands, then) => state.run(commands, then),
    select: (ids, open) => state.select(ids, open),
    say: (reason) => state.say(`notice.${reason}`),
  };
}
