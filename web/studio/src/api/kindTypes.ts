import type { Carrier, Words } from "./types";

export interface CarrierState {
  carrier: Carrier;
  title: Words;
  has_account: boolean;
  goes_to: Carrier;
  /** The kind of name a contact must have to be reached; null when any contact will do. */
  identity: string | null;
  /** Staff confirm before anything goes out. */
  confirmed: boolean;
  /** What a material for this carrier is made of. */
  form: FormField[];
}

export type FieldType =
  | "text"
  | "number"
  | "boolean"
  | "select"
  | "duration"
  | "moment"
  | "rule"
  | "event"
  | "attribute"
  | "tag"
  | "tags"
  | "content"
  | "carrier"
  | "journey"
  | "exit"
  | "list"
  | "value";

export interface FormField {
  name: string;
  type: FieldType;
  title: Words;
  help?: Words | null;
  required?: boolean;
  default?: unknown;
  options?: { value: string | number | boolean; title: Words }[] | null;
  show_if?: Record<string, unknown> | null;
  min?: number | null;
  max?: number | null;
  of?: FormField[] | null;
}

export interface Exit {
  id: string;
  title: Words;
}

export type KindGroup = "time" | "choice" | "reach" | "people" | "data";

export interface Kind {
  kind: string;
  group: KindGroup;
  title: Words;
  icon: string;
  exits: Exit[] | null;
  side_exits: Exit[] | string[];
  form: FormField[];
}

export interface Kinds {
  items: Kind[];
  groups: { group: KindGroup; title: Words }[];
  entries: { type: string; title: Words; form: FormField[] }[];
  arrows: { type: string; title: Words; form: FormField[] }[];
  rule: { fields: unknown[]; operators: unknown[] };
}
