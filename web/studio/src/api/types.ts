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
  node: string | null;
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
  identities?: Record<string, string>;
  created_at: string;
  updated_at: string;
}

/** One thing that happened to a contact: an event, a message, or a step of a journey. */
export interface TimelineEntry {
  at: string;
  type: "event" | "message" | "trail";
  [detail: string]: unknown;
}

export type EnrollmentStatus = "new" | "waiting" | "ready" | "held" | "failed" | "ended";

export interface Enrollment {
  id: number;
  journey_id: number;
  journey_name?: string;
  version: number;
  contact_id: number;
  contact_name?: string;
  status: EnrollmentStatus;
  stage: string | null;
  step: string | null;
  stage_name?: string;
  step_name?: string;
  waiting_for?: Words | null;
  since?: string | null;
  next_at?: string | null;
  moved_by?: string | null;
  result?: string | null;
  entered_at?: string;
}

export interface Body {
  text: string;
  title?: string;
  subject?: string;
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
  revision?: number;
  updated_at: string;
  updated_by?: string;
}

export type MessageStatus =
  "pending" | "sending" | "sent" | "delivered" | "failed" | "withdrawn" | "expired" | "refused" | "unknown";

export interface Message {
  id: number;
  journey_id: number;
  journey_name?: string;
  enrollment_id: number;
  contact_id: number;
  contact_name?: string;
  step: string;
  carrier: Carrier;
  content: string;
  status: MessageStatus;
  reason: string | null;
  rendered: (Body & { carrier?: Carrier }) | null;
  due_at: string;
  not_before: string;
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
  rows: string[][];
  total?: number;
  mapping: Record<string, string>;
}

export interface TemplateCard {
  slug: string;
  name: Words;
  industry?: Words;
  summary: Words;
  stages: { id: string; name: string | Words; color?: string }[];
}

export interface Template extends TemplateCard {
  readme: Words | string;
  definition: Definition;
  materials?: { key: string; name: string; carrier: Carrier; body: Body }[];
}

export interface Member {
  id: number;
  email: string;
  name: string;
  role: Role;
  created_at?: string;
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
