import { CannotDo, applyAll, removal, type Command } from "../model/commands";
import { emptyDefinition, type Definition, type Id } from "../model/definition";
import { begin, commit, redo, undo, type History } from "../model/history";
import { find } from "../model/lookup";
import type { Editing, Get, Set } from "./types";

let notices = 0;

export function editing(set: Set, get: Get): Editing {
  const travel = (step: (history: History) => History) => {
    const { history, selection } = get();
    const next = step(history);
    if (next !== history) set({ history: next, selection: stillThere(next.present, selection) });
  };
  return {
    journey: null,
    readOnly: false,
    history: begin(emptyDefinition()),
    selection: [],
    notice: null,

    run(commands, doing = {}) {
      const { history, readOnly, selection } = get();
      if (readOnly) return get().say("notice.read-only");
      const list = Array.isArray(commands) ? (commands as readonly Command[]) : [commands as Command];
      const first = list[0];
      if (!first) return;
      try {
        const present = applyAll(history.present, list);
        const label = doing.label ?? first.do;
        const next = commit(history, present, { label, mergeKey: doing.mergeKey, at: Date.now() });
        const selected = doing.select ?? pasted(history.present, present, first) ?? selection;
        set({
          history: next,
          selection: stillThere(present, selected),
          ...(doing.open ? { side: "selection" as const } : {}),
        });
      } catch (cannot) {
        if (!(cannot instanceof CannotDo)) throw cannot;
        get().say(`notice.${cannot.reason}`);
      }
    },

    undo: () => travel(undo),
    redo: () => travel(redo),

    select(ids, open = false) {
      const same = sameIds(get().selection, ids);
      if (same && !open) return;
      set({ ...(same ? {} : { selection: ids }), ...(open ? { side: "selection" as const } : {}) });
    },

    remove(ids) {
      if (get().readOnly) return get().say("notice.read-only");
      const told = removal(get().history.present, ids);
      const count = Object.values(told).reduce((sum, list) => sum + list.length, 0);
      if (count === 0) return;
      get().run({ do: "remove", ids: [...ids] }, { select: [] });
      const { stages, steps, arrows } = told;
      get().say(
        "notice.removed",
        { stages: stages.length, steps: steps.length, arrows: arrows.length, all: count },
        true,
      );
    },

    say(key, values, offerUndo = false) {
      notices += 1;
      set({ notice: { key, values, undo: offerUndo, n: notices } });
    },

    setJourney: (journey) => set({ journey }),
  };
}

/** After pasting, what was pasted is selected. */
function pasted(before: Definition, after: Definition, command: Command): Id[] | null {
  if (command.do !== "paste") return null;
  const isNew = (one: { id: Id }) => !find(before, one.id);
  const stages = after.stages.filter(isNew);
  const inNew = new Set(stages.map((stage) => stage.id));
  const steps = after.steps.filter((step) => isNew(step) && !inNew.has(step.stage));
  return [...stages, ...steps, ...after.ends.filter(isNew), ...after.notes.filter(isNew)].map(
    (one) => one.id,
  );
}

const sameIds = (a: readonly Id[], b: readonly Id[]) =>
  a.length === b.length && a.every((id, n) => id === b[n]);

function stillThere(definition: Definition, ids: readonly Id[]): readonly Id[] {
  return ids.every((id) => find(definition, id)) ? ids : ids.filter((id) => find(definition, id));
}
