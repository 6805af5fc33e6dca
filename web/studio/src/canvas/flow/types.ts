/** Cards and lines as they are drawn. Their data are the definition's own objects, so that a card is drawn again only
 *  when its own part of the definition has changed. */
import type { Arrow, End, Entry, Id, Note, Point, Stage, Step } from "../model/definition";
import type { Exit } from "../model/exits";
import type { Reason } from "../model/words/arrow";
import type { AnchorPoint } from "./anchors";
import type { Route } from "./routes";

export type StageData = { stage: Stage; anchor: string; points: AnchorPoint[]; empty: boolean };
export type StepData = {
  step: Step;
  title: string;
  kindTitle: string;
  icon: string;
  group: string;
  sentence: string;
  exits: Exit[];
  /** Exits from which an arrow leads; the others are open dots. */
  connected: ReadonlySet<string>;
  initial: boolean;
  points: AnchorPoint[];
};
export type EntryData = {
  entry: Entry;
  sentence: string;
  where: string;
  kindTitle: string;
  points: AnchorPoint[];
};
export type EndData = { end: End; points: AnchorPoint[] };
export type NoteData = { note: Note; points: AnchorPoint[] };
export type AnyStageData = { points: AnchorPoint[] };

interface Card<T extends string, D> {
  id: Id;
  type: T;
  /** A step lies in its stage, and its position counts from there. */
  parentId?: Id;
  position: Point;
  width: number;
  height: number;
  data: D;
}
export type StageFlowNode = Card<"stage", StageData>;
export type StepFlowNode = Card<"step", StepData>;
export type EntryFlowNode = Card<"entry", EntryData>;
export type EndFlowNode = Card<"end", EndData>;
export type NoteFlowNode = Card<"note", NoteData>;
export type AnyStageFlowNode = Card<"any", AnyStageData>;
export type FlowNode =
  StageFlowNode | StepFlowNode | EntryFlowNode | EndFlowNode | NoteFlowNode | AnyStageFlowNode;

/** What the component of a card is given. */
export interface CardProps<N extends FlowNode> {
  id: Id;
  data: N["data"];
  selected: boolean;
}

export interface Chip {
  reason: Reason;
  text: string;
  where: string;
  /** The arrow's place among those that leave the same stage: the order in which they are asked. */
  order: number | null;
}

export type ArrowData = {
  arrow: Arrow | null;
  /** The stage of a list from which this line of the arrow starts. */
  from: Id;
  chip: Chip | null;
  route: Route;
  look: "stage" | "step" | "side" | "any" | "entry";
  /** Whether the arrow's numbers are shown on this line. */
  counted: boolean;
};
/** A line from a dot of one card to a dot of another; an arrow out of several stages has several. */
export interface ArrowFlowEdge {
  id: string;
  source: Id;
  sourceHandle: string;
  target: Id;
  targetHandle: string;
  data: ArrowData;
  ariaLabel?: string;
}
