/** What the canvas asks of the server, besides saving drafts. */
import { ask, send } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type {
  CheckAnswer,
  Draft,
  Enrollment,
  Journey,
  Page,
  TimelineEntry,
  Version,
  Words,
} from "@/api/types";

import type { Definition, Id, Rule } from "./model/definition";
import type { Numbers } from "./state/types";

export const getJourney = (id: number) => ask<Journey>(`journeys/${id}`);
export const getDraft = (id: number) => ask<Draft>(`journeys/${id}/draft`);
export const rename = (id: number, name: string) =>
  ask<Journey>(`journeys/${id}`, { method: "PATCH", body: { name } });

export const check = (id: number, definition: Definition, signal: AbortSignal) =>
  ask<CheckAnswer>(`journeys/${id}/check`, { method: "POST", body: { definition }, signal });

export const publish = (id: number, revision: number) =>
  ask<{ version: number | { number: number } }>(`journeys/${id}/publish`, {
    method: "POST",
    body: { revision },
  });

export const pause = (id: number) => ask<unknown>(`journeys/${id}/pause`, { method: "POST", body: {} });
export const resume = (id: number) => ask<unknown>(`journeys/${id}/resume`, { method: "POST", body: {} });

export const getVersions = (id: number) => ask<Page<Version>>(`journeys/${id}/versions`);
export const getVersion = (id: number, number: number) =>
  ask<Version & { definition: Partial<Definition> }>(`journeys/${id}/versions/${number}`);

/** The numbers of a version (the live one if null); null if they are still those of `tag`. */
export async function getStats(
  id: number,
  version: number | null,
  tag: string | null,
): Promise<{ numbers: Numbers; tag: string | null } | null> {
  try {
    const headers: Record<string, string> = tag ? { "If-None-Match": tag } : {};
    const answer = await send(`journeys/${id}/stats`, { query: { version }, headers });
    return { numbers: (await answer.json()) as Numbers, tag: answer.headers.get("etag") };
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.status === 304) return null;
    throw problem;
  }
}

export interface Crumb {
  at: string;
  op: string;
  stage: Id | null;
  step: Id | null;
  exit: string | null;
  arrow: Id | null;
  stage_name?: string | null;
  step_name?: string | null;
  visit?: number;
  seq?: number;
  detail?: Record<string, unknown> | null;
  words?: Words | null;
  /** The comparisons that decided it, with what they saw. */
  saw?: Saw[];
}

export interface Saw {
  field: string;
  name: Words;
  operator: string;
  value: unknown;
  saw: unknown;
  held: boolean | null;
}

export interface SimulationDay {
  at: string;
  here: Record<Id, number>;
  entered: number;
  messages?: number;
}
/** What held messages, refused them or let them go out of date. */
export interface Bite {
  act: "held" | "refused" | "late";
  reason: string | null;
  words: Words;
  total: number;
  per_day: number[];
  steps: Record<Id, number>;
}
export interface Simulation {
  start: string;
  days: SimulationDay[];
  /** So many days were played, if there was too much to play all. */
  cut?: number | null;
  contacts: number;
  entered: number;
  nodes: Record<Id, { here: number; passed: number }>;
  /** Stage: how many rest in it at the end. */
  resting?: Record<Id, number>;
  arrows: Record<Id, number>;
  exits?: Record<string, number>;
  funnel: { stage: Id; reached: number }[];
  messages: number;
  messages_per_day: number[];
  carriers?: Record<string, number>;
  carriers_per_day?: Record<string, number[]>;
  /** Pool: how many were issued, how often it had none, what is left (null: no limit). */
  coupons?: Record<string, { issued: number; empty: number; left: number | null }>;
  /** Scheme: points added and taken. */
  points?: Record<string, { added: number; taken: number }>;
  tasks_per_day?: number[];
  policies?: Record<string, Bite>;
  held?: number;
  skipped?: number;
  ended?: Record<string, number>;
  goals?: Record<Id, number>;
  unreached?: Id[];
  paths: { subject: string; trail: Crumb[] }[];
  /** Whom was played: so many taken of so many. */
  people?: { kind: CrowdKind; taken: number; of: number; chances: Record<string, number> };
  /** The same contacts through another drawing. */
  beside?: Simulation;
}

export type CrowdKind = "invented" | "audience" | "log";
export interface LoggedEvent {
  subject: string;
  name: string;
  at: string;
  properties?: Record<string, unknown>;
}
export interface SimulationWish {
  contacts: number;
  days: number;
  seed: number;
  /** How likely a contact does each thing, by event. */
  chances: Record<string, number>;
  from: { kind: CrowdKind; where?: Rule | null; events?: LoggedEvent[] };
  /** The version that the same contacts go through as well. */
  beside?: { version: number };
}

export const simulate = (id: number, definition: Definition, wish: SimulationWish, signal?: AbortSignal) =>
  ask<Simulation>(`journeys/${id}/simulate`, {
    method: "POST",
    body: { definition, paths: 300, ...wish },
    signal,
  });

export const getStanding = (id: number, where: { stage?: Id; step?: Id; end?: Id }, cursor: string | null) =>
  ask<Page<Enrollment>>(`journeys/${id}/enrollments`, { query: { ...where, cursor } });

export const getEnrollment = (id: number) => ask<Enrollment>(`enrollments/${id}`);
export const getHistory = (id: number) => ask<Page<Crumb & TimelineEntry>>(`enrollments/${id}/history`);
