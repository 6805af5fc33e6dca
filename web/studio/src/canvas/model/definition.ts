/** A journey as the server stores it (format 1). Nothing here knows how it is drawn or where it runs. */

export type Id = string;
/** ISO 8601, with an optional minus: `PT1H`, `P7D`, `-P3D`. */
export type DurationText = string;

export interface Point {
  x: number;
  y: number;
}
export interface Place extends Point {
  w?: number;
  h?: number;
}
export interface Size {
  w: number;
  h: number;
}

export interface Rule {
  combinator: "and" | "or";
  not?: boolean;
  rules: (Rule | RuleLeaf)[];
  id?: string;
}
export interface RuleLeaf {
  field: string;
  operator: string;
  value?: unknown;
  within?: DurationText;
  /** Of what did not follow: for how long it was waited for. */
  after?: DurationText;
  where?: Rule | null;
  id?: string;
}

export type Anchor =
  | "entered_journey"
  | "entered_stage"
  | { attribute: string }
  | { variable: string }
  | { event: string[] | string; where?: Rule | null; else?: Anchor }
  | { calendar: { monthday: number } }
  | { scene: string };

/** When something is due: `for` a while, an `offset` from an anchor, or the next time that the rest allows. */
export interface Moment {
  for?: DurationText;
  anchor?: Anchor;
  offset?: DurationText;
  every?: DurationText;
  at?: string;
  window?: [string, string];
  weekdays?: number[];
  monthdays?: number[];
  months?: number[];
  workdays?: boolean;
}

export interface EntryOn {
  type: string;
  [key: string]: unknown;
}
export interface Entry {
  id: Id;
  on: EntryOn;
  where?: Rule | null;
  to: Id;
  name?: string;
}

export interface Stage {
  id: Id;
  name: string;
  initial?: Id;
  anchor?: Anchor;
  stay?: boolean;
  tags?: string[];
  /** The author's own colour of the card; drawing only. */
  color?: string | null;
}

export type Config = Record<string, unknown>;
export interface Step {
  id: Id;
  stage: Id;
  kind: string;
  name?: string;
  config: Config;
}

export interface ExitArrow {
  id: Id;
  from: Id;
  exit: string;
  to: Id;
}
export interface ArrowOn {
  type: string;
  [key: string]: unknown;
}
export interface StageArrow {
  id: Id;
  from: Id | Id[];
  on: ArrowOn;
  where?: Rule | null;
  to: Id;
  not_from?: Id[];
  enter?: "last";
}
export type Arrow = ExitArrow | StageArrow;

export interface End {
  id: Id;
  name: string;
  result: string;
}
export interface Goal {
  id: Id;
  name: string;
  event: string | string[];
  where?: Rule | null;
  within?: DurationText;
}
export interface Note {
  id: Id;
  text: string;
  x: number;
  y: number;
}

export interface Reentry {
  mode: "never" | "after_exit" | "many";
  after?: DurationText;
  key?: string;
}
export interface Settings {
  reentry?: Reentry;
  timezone?: string;
  quiet_hours?: "inherit" | null | [string, string];
  holdout_percent?: number;
  [key: string]: unknown;
}

export interface Definition {
  format: 1;
  subject: string;
  entries: Entry[];
  stages: Stage[];
  steps: Step[];
  arrows: Arrow[];
  ends: End[];
  goals: Goal[];
  settings: Settings;
  layout: Record<Id, Place>;
  notes: Note[];
}

/** The `from` of an arrow that leaves whatever stage the contact is in. */
export const ANY_STAGE = "*";

export const isExitArrow = (arrow: Arrow): arrow is ExitArrow => "exit" in arrow;
export const isStageArrow = (arrow: Arrow): arrow is StageArrow => !("exit" in arrow);
export const isAnyStageArrow = (arrow: Arrow): arrow is StageArrow =>
  isStageArrow(arrow) && arrow.from === ANY_STAGE;

/** The stages that a stage arrow leaves, in drawn order; empty for one that leaves any stage. */
export function sources(arrow: StageArrow): Id[] {
  if (arrow.from === ANY_STAGE) return [];
  return Array.isArray(arrow.from) ? arrow.from : [arrow.from];
}

export const emptyDefinition = (): Definition => ({
  format: 1,
  subject: "contact",
  entries: [],
  stages: [],
  steps: [],
  arrows: [],
  ends: [],
  goals: [],
  settings: {},
  layout: {},
  notes: [],
});

/** Fills the parts that a file may leave out, so that nobody behind has to ask. */
export function complete(partial: Partial<Definition>): Definition {
  const whole = emptyDefinition();
  for (const [key, value] of Object.entries(partial)) {
    if (value !== undefined && value !== null) (whole as unknown as Record<string, unknown>)[key] = value;
  }
  whole.steps = whole.steps.map((step) => (step.config ? step : { ...step, config: {} }));
  return whole;
}
