/** An answer to "what if" as it is shown: days with lines, the way over the drawing, values in words. */
import type { Crumb } from "../api";
import type { Id } from "../model/definition";
import { stopsOf, type Stop } from "../story/lines";
import type { Answer, WouldBe, WouldSay } from "./ask";

export interface Line {
  at: string;
  told: WouldBe;
  messages: WouldSay[];
}
export interface Day {
  /** Days since the first, from 0. */
  n: number;
  at: string;
  lines: Line[];
}

const DAY_MS = 86_400_000;

/** Lines that say nothing that their neighbours do not. */
const SILENT = new Set(["open"]);

export function daysOf(answer: Answer): Day[] {
  const days: Day[] = [];
  const left = [...answer.messages];
  const first = midnight(answer.now);
  for (const told of answer.trail) {
    if (SILENT.has(told.op) && told.saw.length === 0) continue;
    const n = Math.max(0, Math.round((midnight(told.at) - first) / DAY_MS));
    let day = days.at(-1);
    if (day?.n !== n) {
      day = { n, at: told.at, lines: [] };
      days.push(day);
    }
    day.lines.push({ at: told.at, told, messages: saidBy(told, left) });
  }
  return days;
}

/** The midnight before a time where one looks at it. */
function midnight(at: string): number {
  const when = new Date(at);
  return new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();
}

/** Takes from the list what was said, held or left out at this line. */
function saidBy(told: WouldBe, left: WouldSay[]): WouldSay[] {
  if (told.op !== "step" && told.op !== "hold") return [];
  const own = left.filter((one) => one.step === told.step && one.at <= told.at);
  for (const one of own) left.splice(left.indexOf(one), 1);
  return own;
}

export interface Way {
  steps: Id[];
  arrows: Id[];
  at: Id | null;
  stops: Map<Id, Stop>;
}

/** The way over the drawing, and where it ends. */
export function wayOf(answer: Answer): Way {
  const { trail } = answer;
  const steps = trail.flatMap((one) => [one.stage, one.step]).filter((id): id is Id => !!id);
  const at = answer.place ?? trail.at(-1) ?? answer.standing;
  return {
    steps: [...new Set(steps)],
    arrows: [...new Set(trail.flatMap((one) => one.arrow ?? []))],
    at: at?.step ?? at?.stage ?? null,
    stops: stopsOf(trail as unknown as Crumb[]),
  };
}

/** A value as a person reads it. */
export function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return "—";
  if (Array.isArray(value)) return value.map(plain).join("、") || "—";
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/** `amount=199, city=上海` as properties; words that are numbers become numbers. */
export function propertiesOf(text: string): Record<string, string | number> {
  const pairs = text
    .split(/[,，;；\n]/)
    .map((part) => part.split(/[=:：]/))
    .filter((pair) => pair.length === 2 && pair[0]!.trim() !== "");
  return Object.fromEntries(
    pairs.map(([name, value]) => {
      const said = value!.trim();
      return [name!.trim(), said !== "" && !Number.isNaN(Number(said)) ? Number(said) : said];
    }),
  );
}
