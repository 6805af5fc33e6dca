/** What the pointer is doing, as small named states; never as booleans in a component. */
import type { Definition, Id, Place, Point, Size } from "../model/definition";
import type { Command } from "../model/commands";
import type { StepSizes } from "../model/geometry";
import type { Catalogue, Lang } from "../model/kinds";

/** What the palette hands out. */
export type Plant =
  | { what: "step"; kind: string }
  | { what: "stage" }
  | { what: "end" }
  | { what: "note" }
  | { what: "entry"; type: string }
  | { what: "any" };

/** What would take the carried thing if it were let go now. */
export type Soil =
  | { on: "canvas" }
  | { on: "stage"; stage: Id; near: { step: Id; exit: string } | null }
  | { on: "arrow"; arrow: Id }
  | { on: "exit"; step: Id; exit: string }
  | { on: "end"; end: Id };

/** Where an arrow is drawn from: a step's exit, a stage, or the bar of any stage. */
export type ArrowStart =
  | { from: "exit"; step: Id; exit: string }
  | { from: "stage"; stage: Id }
  | { from: "any" }
  | { from: "entry"; entry: Id };

export interface Idle {
  name: "idle";
}
export interface MovingCards {
  name: "moving";
  moved: Readonly<Record<Id, Point>>;
  /** The other stage that would take the card in. */
  over: Id | null;
  /** The arrow that the card would be put into. */
  into: Id | null;
}
export interface DrawingArrow {
  name: "drawing";
  start: ArrowStart;
  over: Id | null;
}
export interface RehangingArrow {
  name: "rehanging";
  arrow: Id;
  end: "source" | "target";
  stage: Id;
  over: Id | null;
}
export interface PlacingKind {
  name: "placing";
  plant: Plant;
  screen: Point;
  soil: Soil | null;
}
export interface ResizingStage {
  name: "resizing";
  stage: Id;
  place: Place;
}
export interface Renaming {
  name: "renaming";
  id: Id;
}
/** An arrow was let go over nothing, or a "+" was pressed: choose what comes next. */
export interface PickingNext {
  name: "picking";
  start: ArrowStart;
  screen: Point;
  at: Point | null;
}

export type ToolState =
  Idle | MovingCards | DrawingArrow | RehangingArrow | PlacingKind | ResizingStage | Renaming | PickingNext;
export type ToolName = ToolState["name"];

/** Everything that a pointer or key can tell the tool at work. Points are on the canvas, `screen` on the screen. */
export type ToolEvent =
  | { type: "drag"; moved: Record<Id, Point>; point: Point | null; arrow?: Id | null }
  | { type: "drop" }
  | { type: "pull"; start: ArrowStart }
  | { type: "unhook"; arrow: Id; end: "source" | "target"; stage: Id }
  | { type: "aim"; point: Point; screen: Point; under: Under }
  | { type: "release"; point: Point; screen: Point; under: Under }
  | { type: "carry"; plant: Plant; screen: Point }
  | { type: "resize"; stage: Id; place: Place }
  | { type: "rename"; id: Id }
  | { type: "pick"; start: ArrowStart; screen: Point }
  | { type: "cancel" };

/** What the page says is under the pointer; arrows have no box, so only the page can tell. */
export interface Under {
  arrow: Id | null;
  exit: { step: Id; exit: string } | null;
  canvas: boolean;
}
export const NOTHING_UNDER: Under = { arrow: null, exit: null, canvas: true };

/** What a tool may use: the definition as it is, and a way to change it. */
export interface Desk {
  readonly definition: Definition;
  readonly catalogue: Catalogue;
  readonly lang: Lang;
  readonly sizeOf: StepSizes;
  run(commands: Command | readonly Command[], then?: { select?: readonly Id[]; open?: boolean }): void;
  select(ids: readonly Id[], open?: boolean): void;
  say(reason: string): void;
}

export interface Tool<S extends ToolState> {
  /** Takes an event; gives the next state. Returning the same state means: nothing changed. */
  on(state: S, event: ToolEvent, desk: Desk): ToolState;
}

export const IDLE: Idle = { name: "idle" };
export type { Definition, Size };
