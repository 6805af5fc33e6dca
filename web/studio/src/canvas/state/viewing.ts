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
    far: false,

    send(event) {
      const state = get();
      const tool = handle(state.tool, event, deskOf(state));
      if (tool !== state.tool) set({ tool });
    },
    setSide: (side) => set({ side, ...(side === "people" ? {} : { way: null, peopleAt: null }) }),
    setFinding: (finding) => set({ finding }),
    setShowingKeys: (showingKeys) => set({ showingKeys }),
    setFar: (far) => {
      if (get().far !== far) set({ far });
    },
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
