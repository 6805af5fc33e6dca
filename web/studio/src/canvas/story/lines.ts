/** A trail and its messages as one story: stages as chapters, in each what was done, seen, said and held back. */
import type { Message } from "@/api/types";

import type { Crumb, Saw } from "../api";
import type { Id } from "../model/definition";

export interface Line {
  crumb: Crumb;
  messages: Message[];
  /** The comparisons that decided it, with what they saw at that moment. */
  saw: Saw[];
}
export interface Chapter {
  stage: Id | null;
  name: string;
  at: string;
  lines: Line[];
}

/** These open a chapter, and those that say nothing more than its head are not told again. */
const OPENS = new Set(["open", "stage", "through"]);
const SAID_BY_HEAD = new Set(["open", "stage"]);

export function chaptersOf(trail: readonly Crumb[], messages: readonly Message[]): Chapter[] {
  const left = [...messages].sort((a, b) => a.due_at.localeCompare(b.due_at));
  const chapters: Chapter[] = [];
  for (const crumb of trail) {
    let chapter = chapters.at(-1);
    const opens = OPENS.has(crumb.op);
    if (!chapter || opens) {
      const name = crumb.stage_name ?? crumb.stage ?? "";
      chapter = { stage: crumb.stage, name, at: crumb.at, lines: [] };
      chapters.push(chapter);
    }
    const line: Line = { crumb, messages: messagesOf(crumb, left), saw: sawOf(crumb) };
    if (!SAID_BY_HEAD.has(crumb.op) || line.saw.length > 0 || crumb.arrow) chapter.lines.push(line);
  }
  return chapters;
}

/** Takes from the list what this step sent: the messages of the step that were due when it was done. */
function messagesOf(crumb: Crumb, left: Message[]): Message[] {
  if (crumb.op !== "step" || !crumb.step) return [];
  const own = left.filter((message) => message.step === crumb.step && message.due_at <= crumb.at);
  for (const message of own) left.splice(left.indexOf(message), 1);
  return own;
}

/** The comparisons of a line; from a server that only kept the values, these alone. */
export function sawOf(crumb: Crumb): Saw[] {
  if (crumb.saw) return crumb.saw;
  const saw = crumb.detail?.saw;
  if (typeof saw !== "object" || saw === null) return [];
  return Object.entries(saw).map(([field, value]) => ({
    field,
    name: { zh: field, en: field },
    operator: "",
    value: null,
    saw: value as unknown,
    held: null,
  }));
}

/** A value as one reads it. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "—";
  if (Array.isArray(value)) return value.map(valueText).join("、") || "—";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export interface Stop {
  /** Which stop of the way it is, from 1; of several visits the last. */
  n: number;
  at: string;
  visits: number;
}

/** When each step and stage was come through, for the marks on the canvas. */
export function stopsOf(trail: readonly Crumb[]): Map<Id, Stop> {
  const stops = new Map<Id, Stop>();
  let n = 0;
  for (const crumb of trail) {
    const id = crumb.op === "step" ? crumb.step : crumb.op === "stage" ? crumb.stage : null;
    if (!id) continue;
    if (crumb.op === "step") n += 1;
    stops.set(id, { n, at: crumb.at, visits: (stops.get(id)?.visits ?? 0) + 1 });
  }
  return stops;
}
