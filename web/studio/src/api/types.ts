/** What the API says, in the studio's words. Times are ISO strings in UTC, ids are integers. */

export interface Words {
  zh: string;
  en: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Account {
  id: number;
  email: string;
  name: string;
}

export type Role = "owner" | "admin" | "editor" | "viewer";

export interface Workspace {
  id: number;
  name: string;
  slug: string;
  role: Role;
  timezone: string;
}

export interface Session {
  account: Account;
  workspaces: Workspace[];
  workspace: Workspace;
  csrf: string;
}

export type JourneyStatus = "draft" | "live" | "paused" | "archived";

export interface Journey {
  id: number;
  key: string;
  name: string;
  status: JourneyStatus;
  revision: number;
  live_version: { number: number; published_at: string } | null;
  inside: number;
  created_at: string;
  updated_at: string;
}

/** The definition is the canvas's business: here it is data that is handed on. */
export type Definition = Record<string, unknown>;

export interface Draft {
  revision: number;
  definition: Definition;
  updated_at: string;
  updated_by: string | null;
}

export type Severity = "error" | "warning" | "info";

export interface CheckProblem {
  code: string;
  severity: Severity;
  node: string | null;
  path: string;
  message: Words;
}

export interface CheckAnswer {
  problems: CheckProblem[];
  counts: Record<Severity, number>;
}

export type Carrier =
  "wecom_direct" | "wecom_group" | "moments" | "official_account" | "sms" | "email" | "sandbox";

export interface CarrierState {
  carrier: Carrier;
  title: Words;
  has_account: boolean;
  goes_to: Carrier;
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
