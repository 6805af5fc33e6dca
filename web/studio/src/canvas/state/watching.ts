import type { CheckProblem, Severity } from "@/api/types";

import type { Id } from "../model/definition";
import { nodeAt } from "../model/paths";
import type { Get, Problems, Set, Watching } from "./types";

const NO_PROBLEMS: Problems = {
  list: [],
  byNode: new Map(),
  counts: { error: 0, warning: 0, info: 0 },
  of: null,
};

export function watching(set: Set, get: Get): Watching {
  return {
    problems: NO_PROBLEMS,
    layer: "off",
    numbers: null,
    numbersOf: null,
    playing: false,
    frame: null,
    way: null,
    peopleAt: null,

    setProblems(list, of) {
      const before = get().problems.byNode;
      const byNode = new Map<Id, CheckProblem[]>();
      const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
      for (const problem of list) {
        counts[problem.severity] += 1;
        const node = problem.node ?? nodeAt(of, problem.path);
        if (node) byNode.set(node, [...(byNode.get(node) ?? []), problem]);
      }
      // A card whose problems are the same as before keeps its list, and so is not drawn again.
      for (const [node, problems] of byNode) {
        const known = before.get(node);
        if (known && JSON.stringify(known) === JSON.stringify(problems))
          byNode.set(node, known as CheckProblem[]);
      }
      set({ problems: { list, byNode, counts, of } });
    },
    setLayer: (layer) => set({ layer }),
    setNumbers: (numbers) => set({ numbers }),
    setNumbersOf: (numbersOf) => set({ numbersOf, numbers: null }),
    setPlaying: (playing) => set({ playing, ...(playing ? {} : { frame: null }) }),
    setFrame: (frame) => set({ frame }),
    setWay: (way) => set({ way }),
    showPeople: (peopleAt) => set({ peopleAt, side: "people", way: null }),
  };
}
