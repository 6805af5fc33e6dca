/** Removing takes along what cannot stay: the steps of a stage, the arrows of a step, the entries that led there. */
import { ANY_STAGE, isExitArrow, isStageArrow, type Definition, type Id } from "../definition";
import type { D } from "./draft";

export interface Removal {
  stages: Id[];
  steps: Id[];
  arrows: Id[];
  entries: Id[];
  ends: Id[];
  goals: Id[];
  notes: Id[];
}

/** Where people go on when the steps in `gone` are taken out: along each one's first drawn exit. */
function heirOf(definition: Definition | D, id: Id, gone: ReadonlySet<Id>): Id | undefined {
  const seen = new Set<Id>();
  let at: Id = id;
  while (gone.has(at)) {
    if (seen.has(at)) return undefined;
    seen.add(at);
    const next = definition.arrows.find((arrow) => isExitArrow(arrow) && arrow.from === at);
    if (!next) return undefined;
    at = next.to;
  }
  return at;
}

/** Everything that goes when these ids are removed; arrows that can be led on to the next step stay. */
export function removal(definition: Definition | D, ids: readonly Id[]): Removal {
  const asked = new Set(ids);
  const stages = definition.stages.filter((stage) => asked.has(stage.id)).map((stage) => stage.id);
  const lostStages = new Set(stages);
  const steps = definition.steps
    .filter((step) => asked.has(step.id) || lostStages.has(step.stage))
    .map((step) => step.id);
  const ends = definition.ends.filter((end) => asked.has(end.id)).map((end) => end.id);
  const lostSteps = new Set(steps);
  const lost = new Set([...stages, ...steps, ...ends]);

  const leads = (to: Id, from: unknown) => {
    if (!lost.has(to)) return true;
    const heir = lostSteps.has(to) ? heirOf(definition, to, lostSteps) : undefined;
    // A step that would lead to itself turns for ever; its exit is better left open.
    return heir !== undefined && !lost.has(heir) && heir !== from;
  };
  const arrows = definition.arrows.filter((arrow) => {
    if (asked.has(arrow.id) || !leads(arrow.to, arrow.from)) return true;
    if (isExitArrow(arrow)) return lost.has(arrow.from);
    if (arrow.from === ANY_STAGE) return false;
    const from = Array.isArray(arrow.from) ? arrow.from : [arrow.from];
    return from.every((id) => lost.has(id));
  });
  const entries = definition.entries.filter((entry) => {
    if (asked.has(entry.id)) return true;
    if (!lost.has(entry.to)) return false;
    const heir = lostSteps.has(entry.to) ? heirOf(definition, entry.to, lostSteps) : undefined;
    return heir === undefined || lost.has(heir) || definition.ends.some((end) => end.id === heir);
  });
  return {
    stages,
    steps,
    arrows: arrows.map((arrow) => arrow.id),
    entries: entries.map((entry) => entry.id),
    ends,
    goals: definition.goals.filter((goal) => asked.has(goal.id)).map((goal) => goal.id),
    notes: definition.notes.filter((note) => asked.has(note.id)).map((note) => note.id),
  };
}

export const removeCommands = {
  remove(d: D, a: { ids: Id[] }) {
    const out = removal(d, a.ids);
    const steps = new Set(out.steps);
    const stages = new Set(out.stages);
    const arrows = new Set(out.arrows);
    const entries = new Set(out.entries);

    for (const arrow of d.arrows) {
      if (arrows.has(arrow.id)) continue;
      if (steps.has(arrow.to)) arrow.to = heirOf(d, arrow.to, steps) ?? arrow.to;
      if (isStageArrow(arrow)) forgetStages(arrow, stages);
    }
    for (const entry of d.entries) {
      if (!entries.has(entry.id) && steps.has(entry.to)) entry.to = heirOf(d, entry.to, steps) ?? entry.to;
    }
    for (const stage of d.stages) {
      if (stages.has(stage.id) || !stage.initial || !steps.has(stage.initial)) continue;
      const heir = heirOf(d, stage.initial, steps);
      const next = d.steps.find(
        (step) => step.stage === stage.id && !steps.has(step.id) && (!heir || step.id === heir),
      );
      if (next) stage.initial = next.id;
      else delete stage.initial;
    }
    d.arrows = d.arrows.filter((arrow) => !arrows.has(arrow.id));
    d.entries = d.entries.filter((entry) => !entries.has(entry.id));
    d.steps = d.steps.filter((step) => !steps.has(step.id));
    d.stages = d.stages.filter((stage) => !stages.has(stage.id));
    d.ends = d.ends.filter((end) => !out.ends.includes(end.id));
    d.goals = d.goals.filter((goal) => !out.goals.includes(goal.id));
    d.notes = d.notes.filter((note) => !out.notes.includes(note.id));
    for (const id of [...out.stages, ...out.steps, ...out.ends, ...out.entries]) delete d.layout[id];
  },
};

function forgetStages(arrow: { from: Id | Id[]; not_from?: Id[] }, gone: ReadonlySet<Id>): void {
  if (Array.isArray(arrow.from)) arrow.from = arrow.from.filter((id) => !gone.has(id));
  if (!arrow.not_from) return;
  arrow.not_from = arrow.not_from.filter((id) => !gone.has(id));
  if (arrow.not_from.length === 0) delete arrow.not_from;
}
