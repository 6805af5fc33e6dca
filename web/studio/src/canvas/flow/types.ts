/** Nodes and edges as the flow library gets them. Their data are the definition's own objects, so that a card is
 *  drawn again only when its own part of the definition has changed. */
import type { Edge, Node } from "@xyflow/react";

import type { Arrow, End, Entry, Id, Note, Stage, Step } from "../model/definition";
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
export type NoteData = { note: Note };
export type AnyStageData = { points: AnchorPoint[] };

export type StageFlowNode = Node<StageData, "stage">;
export type StepFlowNode = Node<StepData, "step">;
export type EntryFlowNode = Node<EntryData, "entry">;
export type EndFlowNode = Node<EndData, "end">;
export type NoteFlowNode = Node<NoteData, "note">;
export type AnyStageFlowNode = Node<AnyStageData, "any">;
export type FlowNode =
  StageFlowNode | StepFlowNode | EntryFlowNode | EndFlowNode | NoteFlowNode | AnyStageFlowNode;

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
export type ArrowFlowEdge = Edge<ArrowData, "arrow">;
