/** Copying: a piece of a definition that can lie on the clipboard and be pasted here or in another journey. */
import {
  isExitArrow,
  sources,
  type Arrow,
  type Definition,
  type End,
  type Id,
  type Note,
  type Place,
  type Stage,
  type Step,
} from "./definition";

export const CLIP_FORMAT = "roadbook/clip-1";

export interface Clip {
  format: typeof CLIP_FORMAT;
  stages: Stage[];
  steps: Step[];
  arrows: Arrow[];
  ends: End[];
  notes: Note[];
  layout: Record<Id, Place>;
}

/** Cuts out the given things with the arrows that run between them. Null if there is nothing to copy. */
export function copy(definition: Definition, ids: Iterable<Id>): Clip | null {
  const wanted = new Set(ids);
  const stages = definition.stages.filter((stage) => wanted.has(stage.id));
  const inStages = new Set(stages.map((stage) => stage.id));
  const steps = definition.steps.filter((step) => wanted.has(step.id) || inStages.has(step.stage));
  const ends = definition.ends.filter((end) => wanted.has(end.id));
  const notes = definition.notes.filter((note) => wanted.has(note.id));
  if (stages.length + steps.length + ends.length + notes.length === 0) return null;

  const inside = new Set([...stages, ...steps, ...ends].map((one) => one.id));
  const arrows = definition.arrows.flatMap((arrow): Arrow[] => {
    if (!inside.has(arrow.to)) return [];
    if (isExitArrow(arrow)) return inside.has(arrow.from) ? [arrow] : [];
    const from = sources(arrow).filter((id) => inStages.has(id));
    if (from.length === 0) return [];
    return [{ ...arrow, from: Array.isArray(arrow.from) ? from : from[0]! }];
  });
  const layout: Record<Id, Place> = {};
  for (const id of inside) {
    const at = definition.layout[id];
    if (at) layout[id] = at;
  }
  return { format: CLIP_FORMAT, stages, steps, arrows, ends, notes, layout };
}

export function isClip(value: unknown): value is Clip {
  const clip = value as Partial<Clip> | null;
  if (typeof clip !== "object" || clip === null || clip.format !== CLIP_FORMAT) return false;
  return (
    [clip.stages, clip.steps, clip.arrows, clip.ends, clip.notes].every(Array.isArray) &&
    typeof clip.layout === "object"
  );
}

/** Reads a clip from text; null if the text is something else. */
export function readClip(text: string): Clip | null {
  if (!text.includes(CLIP_FORMAT)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isClip(value) ? value : null;
  } catch {
    return null;
  }
}
