/** Changing what is live: differences, publishing over people, moving them, rolling back, acting on one of them. */
import { ask } from "./client";
import type { CheckProblem, Page, Words } from "./types";

export type Which = number | "draft" | "live";
export type ChangeKind = "added" | "removed" | "changed" | "moved";
export type ChangedPart =
  "stage" | "step" | "arrow" | "entry" | "end" | "goal" | "note" | "settings" | "exit";

export interface FieldChange {
  path: string;
  name: Words;
  before: Words;
  after: Words;
}
export interface Change {
  node: string;
  what: ChangedPart;
  change: ChangeKind;
  name: string;
  words: Words;
  fields: FieldChange[];
  /** The node with which an arrow came or went; it is told there already. */
  part_of?: string | null;
}
export interface Drawing {
  number: number | null;
  label: Words;
}
export interface Diff {
  from: Drawing;
  to: Drawing;
  changes: Change[];
  counts: Record<ChangeKind, number>;
  /** Nothing that matters to those inside has changed: publishing makes no new version. */
  same_meaning: boolean;
  definitions: { from: Record<string, unknown>; to: Record<string, unknown> };
}

export type Mode = "stay" | "move" | "recompute";
/** What happens to those inside on one version. */
export interface Group {
  version: number;
  mode: Mode;
  targets: Record<string, string>;
}

export interface StoodPlace {
  /** A step, or the stage itself for those who rest in it. */
  place: string;
  stage: string;
  stage_name: string;
  step: string | null;
  step_name: string | null;
  kind: string | null;
  here: number;
  /** It is in the new drawing too. */
  kept: boolean;
  changed: boolean;
  target: string | null;
  target_name: string | null;
  suggestion: string | null;
}
export interface GroupPreview {
  version: number;
  inside: number;
  mode: Mode;
  places: StoodPlace[];
  missing: string[];
}
export interface DryRun {
  messages_first_hour: number;
  messages: number;
  late: number;
  ended: Record<string, number>;
  per_day: number[];
}
export interface MovePreview {
  to: Drawing | number | string | null;
  people: number;
  needs_confirm: boolean;
  groups: GroupPreview[];
  before: Record<string, number>;
  after: Record<string, number>;
  dry_run: { sample: number; of: number; days: number; stay: DryRun; move: DryRun } | null;
  problems: CheckProblem[];
}

export interface Move {
  id: number;
  from_version: number;
  to_version: number;
  mode: Mode;
  state: "running" | "done" | "undone";
  total: number;
  moved: number;
  left: number;
  /** People are being brought back to where they were. */
  back: boolean;
  by: string;
  at: string;
  ended_at: string | null;
  undoable: boolean;
}

export interface Published {
  version: number;
  new: boolean;
  problems: CheckProblem[];
  moves: Move[];
}

export interface VersionNumbers {
  number: number;
  published_at: string;
  entered: number;
  inside: number;
  ended: Record<string, number>;
  goals: Record<string, { hit: number; rate: number | null }>;
  messages: Record<string, number>;
  nodes: Record<string, { here: number; passed: number }>;
  exits: Record<string, number>;
  arrows: Record<string, number>;
}

const post = <T>(path: string, body: unknown, signal?: AbortSignal) =>
  ask<T>(path, { method: "POST", body, signal });

export const getDiff = (journey: number, from: Which, to: Which, signal?: AbortSignal) =>
  ask<Diff>(`journeys/${journey}/diff`, { query: { from, to }, signal });

export const previewMove = (
  journey: number,
  asked: { to?: Which; groups?: Group[]; days?: number },
  signal?: AbortSignal,
) => post<MovePreview>(`journeys/${journey}/move/preview`, asked, signal);

export const publishOver = (
  journey: number,
  asked: { revision: number; inside?: Group[]; confirm?: number },
) => post<Published>(`journeys/${journey}/publish`, asked);

export const movePeople = (journey: number, asked: { to: number; groups: Group[]; confirm?: number }) =>
  post<{ moves: Move[] }>(`journeys/${journey}/move`, asked);

export const getMoves = (journey: number) => ask<Page<Move>>(`journeys/${journey}/moves`);
export const getMove = (journey: number, move: number) => ask<Move>(`journeys/${journey}/moves/${move}`);

export const rollBack = (
  journey: number,
  asked: { to: number; people: "stay" | "back"; targets?: Record<string, string>; confirm?: number },
) => post<{ version: number; moves: Move[] }>(`journeys/${journey}/rollback`, asked);

export const compareVersions = (journey: number, numbers: readonly number[], signal?: AbortSignal) =>
  ask<{ versions: VersionNumbers[] }>(`journeys/${journey}/compare`, {
    query: { versions: numbers.join() },
    signal,
  });

export type Act = "retry" | "skip" | "move" | "exit";
interface ActArgs {
  to?: string;
  result?: string;
}

export const actOn = (enrollment: number, act: Act, args: ActArgs = {}) =>
  post<{ accepted: number }>(`enrollments/${enrollment}/${act}`, args);

export interface Where {
  version?: number;
  stage?: string;
  step?: string;
  status?: string;
}
export const actOnMany = (
  journey: number,
  act: Act,
  args: ActArgs & { ids?: number[]; where?: Where; confirm?: number },
) => post<{ accepted: number }>(`journeys/${journey}/enrollments/${act}`, args);

export type OnResume = "skip" | "late" | "shift";
