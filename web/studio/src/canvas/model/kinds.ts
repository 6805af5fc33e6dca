/** What the server tells about step kinds, entries and arrows, read the way the canvas needs it. */
import type { Exit as ExitSpec, FieldType, FormField, Kind, Kinds } from "@/api/kindTypes";
import type { Words } from "@/api/types";

export type { ExitSpec, FieldType, Kind, Words };
export type Field = FormField;
export type Catalogue = Kinds;
export type FormOf = Kinds["entries"][number];
export type Lang = keyof Words;

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
