/** One card each, as SVG. */
import type {
  AnyStageFlowNode,
  EndFlowNode,
  EntryFlowNode,
  FlowNode,
  NoteFlowNode,
  StageFlowNode,
  StepFlowNode,
} from "../flow/types";
import { strokeOf } from "../look/strokes";
import type { Point } from "../model/definition";
import type { Paint } from "./paint";
import { broken, cut, plain, type Measure } from "./text";

/** Words that stand on cards and belong to no definition. */
export interface CardWords {
  from(anchor: string): string;
  result(result: string): string;
  any: string;
  anyHint: string;
}
export interface Pen {
  paint: Paint;
  measure: Measure;
  words: CardWords;
}

interface Letters {
  size: number;
  weight?: number;
  fill: string;
  anchor?: "middle";
  room?: number;
}

export function letters(pen: Pen, x: number, y: number, text: string, how: Letters): string {
  const { size, weight = 400, fill, anchor, room } = how;
  const said = room === undefined ? text : cut(text, room, size, weight, pen.measure);
  const middle = anchor ? ' text-anchor="middle"' : "";
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}"${middle}>${plain(said)}</text>`;
}

export const box = (
  x: number,
  y: number,
  w: number,
  h: number,
  r: number,
  fill: string,
  line: string,
  wide = 1,
) =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}" fill="${fill}" stroke="${line}" stroke-width="${wide}"/>`;

export const sign = (x: number, y: number, size: number, stroke: string, colour: string) =>
  `<path transform="translate(${x} ${y}) scale(${size / 20})" d="${stroke}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>`;

export const dot = (at: Point, r: number, fill: string, line: string) =>
  `<circle cx="${at.x}" cy="${at.y}" r="${r}" fill="${fill}" stroke="${line}" stroke-width="2"/>`;

export function cardOf(node: FlowNode, pen: Pen): string {
  switch (node.type) {
    case "stage":
      return stage(node, pen);
    case "step":
      return step(node, pen);
    case "entry":
      return entry(node, pen);
    case "end":
      return end(node, pen);
    case "note":
      return note(node, pen);
    case "any":
      return anyStage(node, pen);
  }
}

function stage({ width, height, data }: StageFlowNode, pen: Pen): string {
  const { paint } = pen;
  const colour = data.stage.color || paint.of("line-strong");
  const name = data.stage.name || data.stage.id;
  const wide = Math.min(pen.measure(name, 15, 650), width * 0.66);
  const anchor = data.anchor && pen.words.from(data.anchor);
  const room = width - wide - 60;
  const top = `<path d="M1 18a17 17 0 0 1 17-17h${width - 36}a17 17 0 0 1 17 17" fill="none" stroke="${colour}" stroke-width="4.5"/>`;
  return [
    box(0, 0, width, height, 16, paint.of("sheet"), paint.of("line-strong"), 1.5),
    top,
    letters(pen, 22, 34, name, { size: 15, weight: 650, fill: paint.of("ink"), room: width * 0.66 }),
    anchor && room > 60
      ? letters(pen, 22 + wide + 12, 33, anchor, { size: 11.5, fill: paint.of("ink-2"), room })
      : "",
  ].join("");
}

function step({ width, height, data }: StepFlowNode, pen: Pen): string {
  const { paint } = pen;
  const { kind, soft } = paint.group(data.group);
  const main = data.exits.filter((exit) => !exit.side);
  const room = width - 28;
  const lines = broken(data.sentence, room, 2, 12, 400, pen.measure);
  const parts = [
    box(0, 0, width, height, 10, paint.of("sheet"), paint.of("line-strong")),
    `<path d="M10 2.2A8 8 0 0 0 2.2 10V${height - 10}A8 8 0 0 0 10 ${height - 2.2}" fill="none" stroke="${kind}" stroke-width="3.6"/>`,
    `<rect x="14" y="10" width="24" height="24" rx="7" fill="${soft}"/>`,
    sign(18, 14, 16, strokeOf(data.icon, data.group), kind),
    letters(pen, 46, 27, data.title, { size: 13.5, weight: 600, fill: paint.of("ink"), room: width - 58 }),
    ...lines.map((line, n) => letters(pen, 15, 50 + n * 17, line, { size: 12, fill: paint.of("ink-2") })),
  ];
  if (main.length > 1) {
    const each = width / main.length;
    parts.push(`<path d="M4 ${height - 26}h${width - 5}" stroke="${paint.of("line")}"/>`);
    main.forEach((exit, n) => {
      const middle = (n + 0.5) * each;
      parts.push(
        letters(pen, middle, height - 9, exit.title, {
          size: 11.5,
          fill: paint.of("ink-2"),
          anchor: "middle",
          room: each - 14,
        }),
      );
      if (n > 0) parts.push(`<path d="M${n * each} ${height - 26}v25" stroke="${paint.of("line")}"/>`);
    });
  }
  if (data.initial)
    parts.push(
      `<circle cx="${width / 2}" cy="-13" r="4.5" fill="${paint.of("ink-2")}"/><path d="M${width / 2} -9v9" stroke="${paint.of("ink-2")}" stroke-width="1.5"/>`,
    );
  for (const point of data.points) {
    if (point.type !== "source") continue;
    const taken = data.connected.has(point.id);
    const side = data.exits.find((exit) => exit.id === point.id)?.side;
    // An exit aside that nobody uses is not worth a dot on paper.
    if (side && !taken) continue;
    parts.push(dot(point, 5, taken ? kind : paint.of("sheet"), taken ? paint.of("sheet") : kind));
  }
  return parts.join("");
}

function entry({ width, height, data }: EntryFlowNode, pen: Pen): string {
  const { paint } = pen;
  const r = height / 2;
  const outline = `M10 0H${width - r}a${r} ${r} 0 0 1 0 ${height}H10a10 10 0 0 1-10-10V10A10 10 0 0 1 10 0z`;
  return [
    `<path d="${outline}" fill="${paint.of("sheet")}" stroke="${paint.of("line-strong")}"/>`,
    `<rect x="9" y="9" width="30" height="30" rx="8" fill="${paint.of("brand-soft")}"/>`,
    sign(16, 16, 16, strokeOf("flag"), paint.of("brand")),
    letters(pen, 48, 20, data.kindTitle, { size: 11, fill: paint.of("ink-3"), room: width - 66 }),
    letters(pen, 48, 37, `${data.sentence}${data.where ? " ◇" : ""}`, {
      size: 13,
      weight: 600,
      fill: paint.of("ink"),
      room: width - 62,
    }),
  ].join("");
}

function end({ width, height, data }: EndFlowNode, pen: Pen): string {
  const { paint } = pen;
  const { result, name } = data.end;
  const said = pen.words.result(result);
  const both = name !== "" && name !== said;
  const dash = result === "lost" || result === "expired" ? ' stroke-dasharray="6 4"' : "";
  const wide = result === "converted" ? 3.5 : 1.5;
  return [
    `<rect width="${width}" height="${height}" rx="${height / 2}" fill="${paint.of("sheet")}" stroke="${paint.of("ink-3")}" stroke-width="${wide}"${dash}/>`,
    sign(13, height / 2 - 9, 18, strokeOf("end"), paint.of("ink-2")),
    letters(pen, 40, both ? 20 : height / 2 + 5, name || said, {
      size: 13,
      weight: 600,
      fill: paint.of("ink"),
      room: width - 54,
    }),
    both ? letters(pen, 40, 35, said, { size: 11, fill: paint.of("ink-3"), room: width - 54 }) : "",
  ].join("");
}

function note({ width, height, data }: NoteFlowNode, pen: Pen): string {
  const { paper, line, ink } = pen.paint.note;
  const lines = broken(data.note.text, width - 24, 4, 12.5, 400, pen.measure);
  return [
    box(0, 0, width, height, 4, paper, line),
    ...lines.map((one, n) => letters(pen, 12, 24 + n * 19, one, { size: 12.5, fill: ink })),
  ].join("");
}

function anyStage({ width, height }: AnyStageFlowNode, pen: Pen): string {
  const { paint, words } = pen;
  const name = pen.measure(words.any, 13, 600);
  return [
    `<rect width="${width}" height="${height}" rx="10" fill="${paint.of("sheet-2")}" stroke="${paint.of("ink-3")}" stroke-width="1.5" stroke-dasharray="6 4"/>`,
    sign(16, height / 2 - 8, 16, strokeOf("any"), paint.of("ink-2")),
    letters(pen, 40, height / 2 + 5, words.any, { size: 13, weight: 600, fill: paint.of("ink-2") }),
    letters(pen, 52 + name, height / 2 + 4, words.anyHint, {
      size: 12,
      fill: paint.of("ink-3"),
      room: width - 66 - name,
    }),
  ].join("");
}
