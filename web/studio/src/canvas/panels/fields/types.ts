import type { Anchor } from "../../model/definition";
import type { Field, Lang } from "../../model/kinds";

export type Values = Record<string, unknown>;

/** What surrounds a form: what moments count from where they name nothing. */
export interface Scope {
  anchor?: Anchor;
  begins: "step" | "stage" | "entry";
}

export interface WidgetProps {
  field: Field;
  /** The id by which the label finds the input. */
  id: string;
  value: unknown;
  /** Undefined takes the value away. */
  onChange(value: unknown): void;
  /** All values of the form, for widgets that look at their neighbours. */
  values: Values;
  scope: Scope;
  lang: Lang;
}

export const asText = (value: unknown): string => (typeof value === "string" ? value : "");
export const asNumber = (value: unknown): number | null => (typeof value === "number" ? value : null);
export const asTexts = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.filter((one): one is string => typeof one === "string");
  return typeof value === "string" && value ? [value] : [];
};
export const orNothing = (text: string): string | undefined => (text === "" ? undefined : text);
