/** Paths such as `trust/welcome` or `steps.3.config.until`: how the check and the history name a place. */
import { find } from "./lookup";
import type { Definition, Id } from "./definition";

/** The way from the journey down to a thing: its stage first, then itself. */
export function trail(definition: Definition, id: Id): Id[] {
  const found = find(definition, id);
  if (!found) return [];
  if (found.is === "step") return [found.step.stage, id];
  return [id];
}

export const pathOf = (definition: Definition, id: Id): string => trail(definition, id).join("/");

const LISTS = ["entries", "stages", "steps", "arrows", "ends", "goals", "notes"] as const;

/** The id of the node that a path points into: `steps.3.config` or `steps/3` gives the fourth step's id. */
export function nodeAt(definition: Definition, path: string): Id | null {
  const [list, position] = path.split(/[./[\]]+/).filter(Boolean);
  const name = LISTS.find((one) => one === list);
  if (!name || position === undefined) return null;
  const number = Number(position);
  return Number.isInteger(number) ? (definition[name][number]?.id ?? null) : null;
}
