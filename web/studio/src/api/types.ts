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

export type Role = "owner" | "editor" | "analyst" | "viewer";

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
  on_resume: string;
  paused_at: string | null;
  template: string | null;
  /** What its life allows now. */
  can: ("publish" | "pause" | "resume" | "archive")[];
  created_at: string;
  updated_at: string;
}

/** The definition is the canvas's business: here it is data that is handed on. */
export type Definition = Record<string, unknown>;

export interface Draft {
  revision: number;
  definition: Definition;
  updated_at: string;
  updated_by: string;
}

export interface Version {
  number: number;
  published_at: string;
  published_by: string;
  definition?: Definition;
}

export type Severity = "error" | "warning" | "info";

export interface CheckProblem {
  code: string;
  severity: Severity;
  /** Empty for the journey itself. */
  node: string;
  path: string;
  message: Words;
}

export interface CheckAnswer {
  problems: CheckProblem[];
  counts: Partial<Record<Severity, number>>;
}

export type Carrier =
  "wecom_direct" | "wecom_group" | "moments" | "official_account" | "sms" | "email" | "sandbox";

export interface Contact {
  id: number;
  external_id: string | null;
  name: string;
  timezone: string | null;
  attributes: Record<string, unknown>;
  tags: string[];
  /** Masked for those who may not see them. */
  identities: Record<string, string>;
  created_at: string;
  updated_at: string;
}

/** One thing that happened to a contact: an event, a message, or a step of a journey. */
export interface TimelineEntry {
  at: string;
  type: "event" | "message" | "trail";
  id: number;
  name?: string;
  properties?: Record<string, unknown>;
  journey_id?: number;
  journey_name?: string;
  stage_name?: string | null;
  step_name?: string | null;
  exit?: string | null;
  op?: string;
  carrier?: Carrier;
  content?: string;
  status?: MessageStatus;
  rendered?: Body | null;
}

export type EnrollmentStatus = "new" | "waiting" | "resting" | "stopped" | "holdout" | "ended";

export interface Enrollment {
  id: number;
  journey_id: number;
  journey_name: string;
  version: number;
  contact_id: number;
  contact_name: string;
  status: EnrollmentStatus;
  stage: string | null;
  stage_name: string | null;
  step: string | null;
  step_name: string | null;
  result: string | null;
  entered_at: string;
  ended_at: string | null;
  /** Since when it stands here. */
  since: string;
  /** When it moves by itself; null when only an event can move it. */
  next_at: string | null;
  waiting_for: Words | null;
  moved_by: Words | null;
}

export interface Body {
  text: string;
  title?: string;
  subject?: string;
  url?: string;
  attachments?: Attachment[];
}

export interface Attachment {
  type: string;
  title?: string;
  url?: string;
  [more: string]: unknown;
}

export interface Material {
  id: number;
  key: string;
  name: string;
  carrier: Carrier;
  body: Body;
  revision: number;
  updated_at: string;
  updated_by: string;
}

export type MessageStatus =
  "pending" | "sending" | "sent" | "delivered" | "failed" | "withdrawn" | "expired" | "refused" | "unknown";

export interface Message {
  id: number;
  journey_id: number;
  journey_name: string;
  version: number | null;
  enrollment_id: number;
  contact_id: number;
  contact_name: string;
  step: string;
  step_name: string;
  carrier: Carrier;
  /** The key of the material. */
  content: string;
  status: MessageStatus;
  reason: string | null;
  rendered: (Body & { carrier?: Carrier }) | null;
  tries: number;
  due_at: string;
  not_before: string;
  valid_until: string | null;
  sent_at: string | null;
}

export interface ImportJob {
  id: number;
  filename: string;
  state: "waiting" | "running" | "done" | "failed";
  rows: number;
  done: number;
  created: number;
  updated: number;
  failed: number;
  reason: string | null;
  created_at: string;
  finished_at: string | null;
}

export interface ImportPreview {
  columns: string[];
  /** The first ten. */
  rows: string[][];
  mapping: Record<string, string>;
  encoding: string;
  delimiter: string;
}

export interface TemplateCard {
  slug: string;
  name: Words;
  industry?: Words;
  summary: Words;
  stages: { id: string; name: string | Words; color?: string }[];
}

export interface Template extends TemplateCard {
  readme: Words;
  definition: Definition;
  materials: { key: string; name: string; carrier: Carrier; body: Body }[];
}

export interface Member {
  id: number;
  account_id: number;
  email: string;
  name: string;
  role: Role;
  created_at: string;
}

export interface ApiKey {
  id: number;
  name: string;
  prefix: string;
  role: Role;
  created_at: string;
  expires_at: string | null;
  used_at: string | null;
  revoked_at: string | null;
  /** Only in the answer that made the key. */
  secret?: string;
}

export interface AuditEntry {
  id: number;
  at: string;
  actor: string;
  action: string;
  target: string;
  detail: Record<string, unknown>;
}
