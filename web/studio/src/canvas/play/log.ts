/** A recorded event log as a file holds it: a JSON list, one JSON object a line, or CSV with a head line. */
import type { LoggedEvent } from "../api";

export const MOST_EVENTS = 20_000;

/** Why a file could not be read, as the key of a text with the number of the line. */
export class BadLog extends Error {
  constructor(
    readonly why: "empty" | "tooMany" | "columns" | "time" | "form",
    readonly line = 0,
  ) {
    super(why);
  }
}

export function readLog(text: string): LoggedEvent[] {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  if (!trimmed) throw new BadLog("empty");
  const rows = trimmed.startsWith("[")
    ? fromJson(trimmed)
    : trimmed.startsWith("{")
      ? fromLines(trimmed)
      : fromCsv(trimmed);
  if (rows.length === 0) throw new BadLog("empty");
  if (rows.length > MOST_EVENTS) throw new BadLog("tooMany");
  return rows.map((row, n) => eventOf(row, n + 1));
}

type Row = Record<string, unknown>;

function fromJson(text: string): Row[] {
  try {
    return JSON.parse(text) as Row[];
  } catch {
    throw new BadLog("form");
  }
}

function fromLines(text: string): Row[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim())
    .map((line, n) => {
      try {
        return JSON.parse(line) as Row;
      } catch {
        throw new BadLog("form", n + 1);
      }
    });
}

function fromCsv(text: string): Row[] {
  const [head, ...lines] = text.split(/\r?\n/).map(cells);
  return lines
    .filter((line) => line.some((cell) => cell !== ""))
    .map((line) => Object.fromEntries(head!.map((name, n) => [name.trim(), line[n] ?? ""])));
}

function cells(line: string): string[] {
  const found: string[] = [];
  let cell = "";
  let quoted = false;
  for (let n = 0; n < line.length; n += 1) {
    const sign = line[n]!;
    if (quoted && sign === '"' && line[n + 1] === '"') {
      cell += '"';
      n += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (sign === "," && !quoted) {
      found.push(cell);
      cell = "";
    } else cell += sign;
  }
  return [...found, cell];
}

function eventOf(row: Row, line: number): LoggedEvent {
  const { subject, name, at, properties, ...others } = row;
  if (!isWord(subject) || !isWord(name) || !isWord(at)) throw new BadLog("columns", line);
  const when = new Date(String(at));
  if (Number.isNaN(when.getTime())) throw new BadLog("time", line);
  const held = typeof properties === "object" && properties !== null ? (properties as Row) : others;
  const kept = Object.entries(held).filter(([, value]) => value !== "" && value !== null);
  return {
    subject: String(subject),
    name: String(name),
    at: when.toISOString(),
    properties: Object.fromEntries(kept.map(([key, value]) => [key, plain(value)])),
  };
}

const isWord = (value: unknown): boolean =>
  (typeof value === "string" && value.trim() !== "") || typeof value === "number";

/** In CSV every number is text. */
const plain = (value: unknown): unknown =>
  typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
