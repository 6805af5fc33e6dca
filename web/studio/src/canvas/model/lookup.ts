/** Finding things in a definition. An id says nothing by itself: what it names is looked up here. */
import type { Arrow, Definition, End, Entry, Goal, Id, Note, Stage, Step } from "./definition";

export type Found =
  | { is: "stage"; stage: Stage }
  | { is: "step"; step: Step }
  | { is: "end"; end: End }
  | { is: "entry"; entry: Entry }
  | { is: "arrow"; arrow: Arrow }
  | { is: "note"; note: Note }
  | { is: "goal"; goal: Goal };

type Index = ReadonlyMap<Id, Found>;

/** A definition never changes once made, so its index is built once and kept as long as it lives. */
const indexes = new WeakMap<Definition, Index>();

export function indexOf(definition: Definition): Index {
  const known = indexes.get(definition);
  if (known) return known;
  const index = new Map<Id, Found>();
  for (const stage of definition.stages) index.set(stage.id, { is: "stage", stage });
  for (const step of definition.steps) index.set(step.id, { is: "step", step });
  for (const end of definition.ends) index.set(end.id, { is: "end", end });
  for (const entry of definition.entries) index.set(entry.id, { is: "entry", entry });
  for (const arrow of definition.arrows) index.set(arrow.id, { is: "arrow", arrow });
  for (const note of definition.notes) index.set(note.id, { is: "note", note });
  for (const goal of definition.goals) index.set(goal.id, { is: "goal", goal });
  indexes.set(definition, index);
  return index;
}

export const find = (definition: Definition, id: Id | null | undefined): Found | undefined =>
  id ? indexOf(definition).get(id) : undefined;

export function findStage(definition: Definition, id: Id | null | undefined): Stage | undefined {
  const found = find(definition, id);
  return found?.is === "stage" ? found.stage : undefined;
}

export function findStep(definition: Definition, id: Id | null | undefined): Step | undefined {
  const found = find(definition, id);
  return found?.is === "step" ? found.step : undefined;
}

export function findArrow(definition: Definition, id: Id | null | undefined): Arrow | undefined {
  const found = find(definition, id);
  return found?.is === "arrow" ? found.arrow : undefined;
}

/** The stage that a place (a stage or a step) belongs to; undefined for an end. */
export function stageOf(definition: Definition, id: Id): Id | undefined {
  const found = find(definition, id);
  if (found?.is === "stage") return found.stage.id;
  if (found?.is === "step") return found.step.stage;
  return undefined;
}

const stepLists = new WeakMap<Step[], ReadonlyMap<Id, Step[]>>();
const NO_STEPS: Step[] = [];

/** The steps of one stage, in the order of the definition. */
export function stepsOf(definition: Definition, stage: Id): Step[] {
  let byStage = stepLists.get(definition.steps);
  if (!byStage) {
    const lists = new Map<Id, Step[]>();
    for (const step of definition.steps) {
      const list = lists.get(step.stage);
      if (list) list.push(step);
      else lists.set(step.stage, [step]);
    }
    byStage = lists;
    stepLists.set(definition.steps, byStage);
  }
  return byStage.get(stage) ?? NO_STEPS;
}

/** Whether an arrow or an entry may lead to this id. */
export function canBeTarget(definition: Definition, id: Id, from: "entry" | "arrow"): boolean {
  const found = find(definition, id);
  if (!found) return false;
  if (found.is === "stage" || found.is === "step") return true;
  return found.is === "end" && from === "arrow";
}
