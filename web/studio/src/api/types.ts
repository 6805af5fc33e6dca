/** What the API says, in the studio's words: the generated shapes, made narrower where the description is
 *  looser than the server. Times are ISO strings in UTC, ids are integers. */
import type { components } from "./schema";

export type Schemas = components["schemas"];

/** `Wide` with some of its fields known better; a field that the API does not have is a mistake. */
export type Narrowed<
  Wide,
  Narrow extends { [K in keyof Narrow]: K extends keyof Wide ? unknown : never },
> = Omit<Wide, keyof Narrow> & Narrow;

export type Words = Schemas["WordsOut"];

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Role = "owner" | "editor" | "analyst" | "viewer" | "staff";
/** Keys may also be such that they only send events. */
export type KeyRole = Role | "sender";

export type Account = Schemas["AccountOut"];
export type Workspace = Narrowed<Schemas["RoomOut"], { role: Role }>;
export type Session = Narrowed<Schemas["SessionOut"], { workspaces: Workspace[]; workspace: Workspace }>;

export type JourneyStatus = Schemas["JourneyOut"]["status"];

export type Journey = Narrowed<
  Schemas["JourneyOut"],
  {
    /** What its life allows now. */
    can: ("publish" | "pause" | "resume" | "archive")[];
  }
>;

/** The definition is the canvas's business: here it is data that is handed on. */
export type Definition = Record<string, unknown>;

export type Draft = Narrowed<Schemas["DraftOut"], { definition: Definition }>;
export type Version = Schemas["VersionOut"];

export type Severity = Schemas["FindingOut"]["severity"];
export type CheckProblem = Schemas["FindingOut"];
export type CheckAnswer = Narrowed<Schemas["CheckOut"], { counts: Partial<Record<Severity, number>> }>;

export type Carrier =
  | "wecom_direct"
  | "wecom_group"
  | "moments"
  | "official_account"
  | "mini_program"
  | "sms"
  | "email"
  | "sandbox";

export type Contact = Narrowed<
  Schemas["ContactOut"],
  {
    /** Masked for those who may not see them. */
    identities: Record<string, string>;
    tiers: Record<string, string>;
  }
>;

/** A contact with consent, staff, groups and segments. */
export type Person = Narrowed<
  Schemas["PersonOut"],
  { identities: Record<string, string>; consent: Record<string, boolean>; tiers: Record<string, string> }
>;

/** One thing that happened to a contact: an event, a message, or a step of a journey. */
export type TimelineEntry = Schemas["TimelineEntryOut"] & {
  carrier?: Carrier;
  status?: MessageStatus;
  rendered?: Body | null;
};

export type EnrollmentStatus = Schemas["EnrollmentOut"]["status"];
export type Enrollment = Schemas["EnrollmentOut"];

export interface Body {
  text: string;
  title?: string;
  subject?: string;
  url?: string;
  /** Of an e-mail. */
  html?: string;
  /** Of a text message. */
  signature?: string;
  opt_out?: string;
  /** Of a group announcement. */
  call?: string;
  /** Of a platform's template. */
  template_id?: string;
  page?: string;
  data?: { name: string; value: string }[];
  attachments?: Attachment[];
}

export interface Attachment {
  type: string;
  title?: string;
  url?: string;
}

export type Category = "activation" | "conversion" | "brand";

export interface Variant {
  key: string;
  weight: number;
  body: Body;
}

export interface Choosing {
  by: "replied" | "converted";
  sample: number;
}

export type Material = Narrowed<
  Schemas["ContentOut"],
  { carrier: Carrier; body: Body; variants: Variant[] | null; choosing: Choosing | null }
>;
export type MaterialVersion = Narrowed<Schemas["MaterialVersionOut"], { carrier: Carrier; body: Body }>;
export type Review = Narrowed<
  Schemas["ContentReviewOut"],
  { answers: Record<string, { fine: boolean; note?: string }> }
>;
export type Script = Schemas["ScriptOut"];

/** A body as somebody would read it, and the variables that had no value. */
export type Rendered = Narrowed<
  Schemas["RenderedOut"],
  { text: string; attachments?: Attachment[]; data?: { name: string; value: string }[] }
>;

export type MessageStatus = Schemas["MessageOut"]["status"];
export type Message = Narrowed<
  Schemas["MessageOut"],
  { carrier: Carrier; rendered: (Body & { carrier?: Carrier }) | null }
>;

export type ImportJob = Schemas["ImportOut"];
export type ImportPreview = Narrowed<Schemas["PreviewOut"], { mapping: Record<string, string> }>;

export type TemplateCard = Schemas["CardOut"];
export type Template = Narrowed<
  Schemas["TemplateOut"],
  { materials: Narrowed<Schemas["TemplateMaterialOut"], { carrier: Carrier; body: Body }>[] }
>;

export type Member = Narrowed<Schemas["MemberOut"], { role: Role }>;
export type ApiKey = Narrowed<Schemas["KeyOut"], { role: KeyRole }>;
export type NewApiKey = Narrowed<Schemas["NewKeyOut"], { role: KeyRole }>;
export type AuditEntry = Schemas["AuditOut"];
export type WorkspaceSettings = Narrowed<
  Schemas["WorkspaceOut"],
  { role: Role; quiet_hours: [string, string] | null }
>;
