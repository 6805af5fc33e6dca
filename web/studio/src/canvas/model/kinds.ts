/** What the server tells about step kinds, entries and arrows, read the way the canvas needs it. */
import type { Exit as ExitSpec, FormField, Kind as ApiKind, Kinds } from "@/api/kindTypes";
import type { Words } from "@/api/types";

export type { ExitSpec, Words };
export type Lang = keyof Words;

/** A field of a form. Its type is any word: one that we do not know is drawn as text. */
export interface Field extends Omit<FormField, "type" | "of"> {
  type: string;
  of?: Field[] | null;
  /** For durations: whether "before" makes sense. */
  signed?: boolean;
}

export interface Kind extends Omit<ApiKind, "form" | "group"> {
  group: string;
  help?: Words;
  takes_time?: boolean;
  /** Exits that a step has besides those that its settings name. */
  closing_exits?: ExitSpec[];
  form: Field[];
}

export interface FormOf {
  type: string;
  title: Words;
  form: Field[];
}

export interface Catalogue {
  items: Kind[];
  groups: { group: string; title: Words }[];
  entries: FormOf[];
  arrows: FormOf[];
  rule: Kinds["rule"];
}

export const emptyCatalogue: Catalogue = {
  items: [],
  groups: [],
  entries: [],
  arrows: [],
  rule: { fields: [], operators: [] },
};

const byName = new WeakMap<Catalogue, ReadonlyMap<string, Kind>>();

export function kindOf(catalogue: Catalogue, name: string): Kind | undefined {
  let index = byName.get(catalogue);
  if (!index) {
    index = new Map(catalogue.items.map((kind) => [kind.kind, kind]));
    byName.set(catalogue, index);
  }
  return index.get(name);
}

/** Whether a field is to be shown beside these values (`show_if` names values of its neighbours). */
export function isShown(field: Field, values: Record<string, unknown>): boolean {
  if (!field.show_if) return true;
  return Object.entries(field.show_if).every(([name, wanted]) => {
    const value = values[name] ?? null;
    return Array.isArray(wanted) ? wanted.includes(value) : value === wanted;
  });
}

/** The values with which a new step of this form starts: its defaults, and nothing that was not asked for. */
export function startingValues(form: readonly Field[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of form) {
    if (field.default !== undefined && field.default !== null) {
      values[field.name] = structuredClone(field.default);
    }
  }
  return values;
}

/** A neutral value for what a form requires, so that a thing is whole in shape before it is filled in. */
const NEUTRAL: Record<string, unknown> = {
  events: [],
  event: "",
  tag: "",
  attribute: "",
  field: "",
  duration: "P7D",
  rule: null,
  text: "",
  tags: [],
};

/** As `startingValues`, with every required field there. A field without a name lies flat among its neighbours. */
export function wholeValues(form: readonly Field[]): Record<string, unknown> {
  const values = startingValues(form);
  for (const field of form) {
    if (!field.required || values[field.name] !== undefined) continue;
    if (field.type === "moment" && field.name === "") Object.assign(values, { at: "10:00" });
    else if (field.name !== "" && field.type in NEUTRAL) values[field.name] = NEUTRAL[field.type];
  }
  return values;
}
