/** Paths such as `trust/welcome` or `steps.3.config.until`: how the check and the history name a place. */
import type { Field, Lang } from "./kinds";
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

/** The titles of the fields that a path leads to, below `config` or `on`: `…config.rules[0].rule` gives "In order 1 › Rule". */
export function fieldWords(form: readonly Field[], path: string, lang: Lang): string {
  const keys = path.split(/[./[\]]+/).filter(Boolean);
  const start = keys.findIndex((key) => key === "config" || key === "on") + 1;
  const words: string[] = [];
  let fields: readonly Field[] | null | undefined = form;
  for (const key of start > 0 ? keys.slice(start) : []) {
    if (/^\d+$/.test(key)) {
      words[words.length - 1] = `${words.at(-1) ?? ""} ${Number(key) + 1}`;
      continue;
    }
    const field: Field | undefined = fields?.find((one) => one.name === key);
    if (!field) break;
    words.push(field.title[lang]);
    fields = field.of;
  }
  return words.join(" › ");
}
