/** Changing what is live: differences, publishing over people, moving them, rolling back, acting on one of them. */
import { ask } from "./client";
import type { Narrowed, Page, Schemas } from "./types";

export type Which = number | "draft" | "live";
export type Change = Schemas["ChangeOut"];
export type ChangeKind = Change["change"];
export type Diff = Narrowed<
  Schemas["DiffOut"],
  {
    counts: Record<ChangeKind, number>;
    definitions: { from: Record<string, unknown>; to: Record<string, unknown> };
  }
>;

/** What happens to those inside on one version. */
export type Group = Required<Schemas["GroupArgs"]>;
export type Mode = Group["mode"];
export type StoodPlace = Schemas["PlaceOut"];
export type GroupPreview = Schemas["MovedGroupOut"];
export type DryRun = Schemas["ForeseenOut"];
export type MovePreview = Schemas["MovePreviewOut"];
export type Move = Schemas["MoveOut"];
export type Published = Schemas["PublishedOut"];

export type VersionNumbers = Narrowed<
  Schemas["VersionNumbersOut"],
  {
    goals: Record<string, { hit: number; rate: number | null }>;
    nodes: Record<string, { here: number; passed: number }>;
  }
>;

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
  post<Schemas["MovesOut"]>(`journeys/${journey}/move`, asked);

export const getMoves = (journey: number) => ask<Page<Move>>(`journeys/${journey}/moves`);
export const getMove = (journey: number, move: number) => ask<Move>(`journeys/${journey}/moves/${move}`);

export const rollBack = (
  journey: number,
  asked: { to: number; people: "stay" | "back"; targets?: Record<string, string>; confirm?: number },
) => post<Schemas["RolledBackOut"]>(`journeys/${journey}/rollback`, asked);

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
  post<Schemas["ActedOut"]>(`enrollments/${enrollment}/${act}`, args);

export type Where = Schemas["WhereArgs"];

export const actOnMany = (
  journey: number,
  act: Act,
  args: ActArgs & { ids?: number[]; where?: Where; confirm?: number },
) => post<Schemas["ActedOut"]>(`journeys/${journey}/enrollments/${act}`, args);

export type OnResume = NonNullable<Schemas["PauseArgs"]["on_resume"]>;
