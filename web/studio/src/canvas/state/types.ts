import type { CheckProblem, Journey, Severity } from "@/api/types";

import type { Command } from "../model/commands";
import type { Level } from "../flow/scene";
import type { Definition, Id, Point } from "../model/definition";
import type { History } from "../model/history";
import type { Catalogue } from "../model/kinds";
import type { Names } from "../model/words/names";
import type { ToolEvent, ToolState } from "../tools/types";

/** What the side panel shows. `selection` is the form of what is selected. */
export type Side =
  "selection" | "problems" | "versions" | "settings" | "goals" | "people" | "publish" | "whatif" | null;

/** The layer of numbers over the cards. */
export type Layer = "off" | "here" | "passed" | "share" | "median" | "loss";

export type SaveState =
  | { is: "saved" }
  | { is: "waiting" }
  | { is: "saving" }
  | { is: "offline" }
  | { is: "refused"; detail: string }
  | { is: "conflict"; revision: number | null };

export interface Doing {
  select?: readonly Id[];
  open?: boolean;
  mergeKey?: string;
  label?: string;
}
export interface Notice {
  key: string;
  values?: Record<string, string | number>;
  undo?: boolean;
  n: number;
}

export interface Editing {
  journey: Journey | null;
  readOnly: boolean;
  history: History;
  selection: readonly Id[];
  notice: Notice | null;
  /** Runs commands as one entry of the history. A command that cannot be done changes nothing and says why. */
  run(commands: Command | readonly Command[], doing?: Doing): void;
  undo(): void;
  redo(): void;
  select(ids: readonly Id[], open?: boolean): void;
  remove(ids: readonly Id[]): void;
  say(key: string, values?: Notice["values"], undo?: boolean): void;
  setJourney(journey: Journey): void;
}

export interface Viewing {
  catalogue: Catalogue;
  names: Names;
  tool: ToolState;
  side: Side;
  finding: boolean;
  showingKeys: boolean;
  /** From how near one looks: whole cards, simple ones, or stages with their steps as marks. */
  level: Level;
  /** Cards are drawn simply when the canvas is far away. */
  far: boolean;
  /** The menu of a thing (or of the bare canvas) that is open, and where on the screen. */
  menu: { at: Point; id: Id | null } | null;
  send(event: ToolEvent): void;
  setSide(side: Side): void;
  setFinding(on: boolean): void;
  setShowingKeys(on: boolean): void;
  setLevel(level: Level): void;
  openMenu(at: Point, id: Id | null): void;
  closeMenu(): void;
  setWords(catalogue: Catalogue, names: Names): void;
}

export interface Saving {
  save: SaveState;
  /** The revision that the server has, as far as we know. */
  revision: number;
  /** The definition that the server has; anything else is still to be saved. */
  stored: Definition | null;
  setSave(save: SaveState): void;
  setStored(definition: Definition, revision: number): void;
}

export interface Problems {
  list: readonly CheckProblem[];
  byNode: ReadonlyMap<Id, readonly CheckProblem[]>;
  counts: Readonly<Record<Severity, number>>;
  /** The definition that was checked; a newer one is being looked at. */
  of: Definition | null;
}

export interface NodeCount {
  here: number;
  passed: number;
  /** The median time of those who left it last, in seconds; null if nobody has. */
  median_secs?: number | null;
}
/** What became of the messages of a version. */
export interface Outcomes {
  written: number;
  pending: number;
  sent: number;
  delivered: number;
  failed: number;
  refused: number;
  expired: number;
  withdrawn: number;
  unknown: number;
  skipped: number;
}
export interface Numbers {
  version: number | null;
  nodes: Readonly<Record<Id, NodeCount>>;
  arrows: Readonly<Record<Id, number>>;
  exits: Readonly<Record<string, number>>;
  inside: number;
  entered: number;
  ended: Readonly<Record<string, number>>;
  /** Stage: how many ended out of it, by result. */
  endings?: Readonly<Record<Id, Readonly<Record<string, number>>>>;
  messages?: Readonly<Partial<Outcomes>>;
  inside_all_versions?: number;
  /** When these were the numbers. */
  as_of?: string;
  /** Of how many people each median time is. */
  sample?: Readonly<Record<Id, number>>;
}

/** What stands where on one moment of a simulation. */
export interface PlayFrame {
  day: number;
  counts: Readonly<Record<Id, number>>;
  passed: Readonly<Record<Id, number>>;
}

export interface Watching {
  problems: Problems;
  layer: Layer;
  numbers: Numbers | null;
  /** The version whose numbers are shown; null for the live one. */
  numbersOf: number | null;
  playing: boolean;
  frame: PlayFrame | null;
  /** One contact's way: which nodes and arrows he took, and where he stands. */
  way: { steps: readonly Id[]; arrows: readonly Id[]; at: Id | null } | null;
  /** The node whose people the side panel lists. */
  peopleAt: Id | null;
  setProblems(problems: readonly CheckProblem[], of: Definition): void;
  setLayer(layer: Layer): void;
  setNumbers(numbers: Numbers | null): void;
  setNumbersOf(version: number | null): void;
  setPlaying(on: boolean): void;
  setFrame(frame: PlayFrame | null): void;
  setWay(way: Watching["way"]): void;
  showPeople(node: Id): void;
}

export type CanvasState = Editing & Viewing & Saving & Watching;
export type Set = (part: Partial<CanvasState> | ((state: CanvasState) => Partial<CanvasState>)) => void;
export type Get = () => CanvasState;
