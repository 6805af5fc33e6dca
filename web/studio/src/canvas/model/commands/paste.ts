import { current, isDraft } from "immer";

import type { Clip } from "../clip";
import { isExitArrow, sources, type Definition, type Id, type Place, type Point } from "../definition";
import { freshId, stemOf } from "../ids";
import { CannotDo, assign, place, type D } from "./draft";

/** Gives every id of the clip a new one that is free here. */
function newIds(d: D, clip: Clip): Map<Id, Id> {
  const definition = (isDraft(d) ? current(d) : d) as Definition;
  const taken = new Set<Id>();
  const ids = new Map<Id, Id>();
  for (const one of [...clip.stages, ...clip.steps, ...clip.arrows, ...clip.ends, ...clip.notes]) {
    const id = freshId(definition, stemOf(one.id), taken);
    taken.add(id);
    ids.set(one.id, id);
  }
  return ids;
}

const moved = (at: Place | undefined, by: Point): Place | undefined =>
  at && { ...at, x: at.x + by.x, y: at.y + by.y };

export const pasteCommands = {
  /** Puts a clip in with fresh ids. Steps without their stage go into `stage`, or where they came from if that is here. */
  paste(d: D, a: { clip: Clip; by: Point; stage?: Id }) {
    const { clip } = a;
    const ids = newIds(d, clip);
    const to = (id: Id) => ids.get(id) ?? id;
    const copied = new Set(clip.stages.map((stage) => stage.id));

    for (const stage of clip.stages) {
      const initial = stage.initial && ids.has(stage.initial) ? to(stage.initial) : undefined;
      const pasted = { ...stage, id: to(stage.id) };
      assign(pasted, { initial });
      d.stages.push(pasted);
      place(d, to(stage.id), moved(clip.layout[stage.id], a.by));
    }
    for (const step of clip.steps) {
      const own = copied.has(step.stage);
      const stage = own ? to(step.stage) : homeFor(d, a.stage ?? step.stage);
      d.steps.push({ ...step, id: to(step.id), stage });
      place(d, to(step.id), own ? clip.layout[step.id] : moved(clip.layout[step.id], a.by));
      const home = d.stages.find((one) => one.id === stage);
      if (home && !home.initial) home.initial = to(step.id);
    }
    for (const end of clip.ends) {
      d.ends.push({ ...end, id: to(end.id) });
      place(d, to(end.id), moved(clip.layout[end.id], a.by));
    }
    for (const note of clip.notes)
      d.notes.push({ ...note, id: to(note.id), x: note.x + a.by.x, y: note.y + a.by.y });
    for (const arrow of clip.arrows) {
      if (isExitArrow(arrow))
        d.arrows.push({ ...arrow, id: to(arrow.id), from: to(arrow.from), to: to(arrow.to) });
      else {
        const from = sources(arrow).map(to);
        const pasted = {
          ...arrow,
          id: to(arrow.id),
          from: Array.isArray(arrow.from) ? from : from[0]!,
          to: to(arrow.to),
        };
        assign(pasted, { not_from: undefined });
        d.arrows.push(pasted);
      }
    }
  },
};

function homeFor(d: D, stage: Id): Id {
  const home = d.stages.find((one) => one.id === stage) ?? d.stages[0];
  if (!home) throw new CannotDo("needs-a-stage");
  return home.id;
}
