/** The whole drawing as one SVG, from the same cards and lines that the canvas shows: sharp at any size, with all of
 *  it and nothing of the screen. */
import { chipSpot, roundedPath } from "../flow/path";
import { placeOn, type Line, type Scene } from "../flow/scene";
import type { ArrowData } from "../flow/types";
import { strokeOf } from "../look/strokes";
import type { Reason } from "../model/words/arrow";
import { box, cardOf, dot, letters, sign, type Pen } from "./cards";
import { plain } from "./text";

const MARGIN = 56;
/** Room at the right for chips that hang beyond the last stage. */
const CHIP_ROOM = 180;
const CHIP_WIDEST = 172;
const SIGNS: Record<Reason, string> = { event: "bolt", time: "clock", rule: "rule", done: "done" };

export interface Picture {
  svg: string;
  width: number;
  height: number;
}

export function pictureOf(scene: Scene, title: string, pen: Pen): Picture {
  const frame = frameOf(scene);
  const { paint } = pen;
  const cards = (which: "stage" | "other") =>
    scene.flow.nodes
      .filter((node) => (node.type === "stage") === (which === "stage"))
      .map((node) => {
        const at = placeOn(scene.byId, node);
        return `<g transform="translate(${at.x} ${at.y})">${cardOf(node, pen)}</g>`;
      });
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${frame.w}" height="${frame.h}" viewBox="${frame.x} ${frame.y} ${frame.w} ${frame.h}" font-family="${plain(paint.family)}" role="img">`,
    `<title>${plain(title)}</title>`,
    heads(pen),
    `<rect x="${frame.x}" y="${frame.y}" width="${frame.w}" height="${frame.h}" fill="${paint.of("paper")}"/>`,
    ...cards("stage"),
    ...scene.lines.map((line) => lineOf(line, pen)),
    ...scene.lines.map((line) => chipOf(line, pen)),
    ...cards("other"),
    "</svg>",
  ];
  return { svg: svg.join("\n"), width: frame.w, height: frame.h };
}

function frameOf(scene: Scene) {
  const all = [...(scene.bounds ? [scene.bounds] : []), ...scene.lines.map((line) => line.box)];
  const x = Math.min(0, ...all.map((one) => one.x));
  const y = Math.min(0, ...all.map((one) => one.y));
  const right = Math.max(320, ...all.map((one) => one.x + one.w));
  const low = Math.max(200, ...all.map((one) => one.y + one.h));
  const beside = scene.lines.some((line) => line.edge.data.chip) ? CHIP_ROOM : 0;
  return {
    x: Math.floor(x - MARGIN),
    y: Math.floor(y - MARGIN),
    w: Math.ceil(right - x + 2 * MARGIN + beside),
    h: Math.ceil(low - y + 2 * MARGIN),
  };
}

const LOOKS: Record<
  ArrowData["look"],
  { colour: "ink-2" | "ink-3" | "brand"; wide: number; dash?: string; head: number }
> = {
  stage: { colour: "ink-2", wide: 3.2, head: 13 },
  any: { colour: "ink-2", wide: 3.2, dash: "2 6", head: 13 },
  step: { colour: "ink-3", wide: 1.6, head: 10 },
  side: { colour: "ink-3", wide: 1.6, dash: "5 4", head: 10 },
  entry: { colour: "brand", wide: 2, head: 10 },
};

function heads({ paint }: Pen): string {
  const marker = ([look, { colour, head }]: [string, (typeof LOOKS)["stage"]]) =>
    `<marker id="head-${look}" viewBox="0 0 10 10" refX="8.5" refY="5" markerWidth="${head}" markerHeight="${head}" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M1 1 L9 5 L1 9 z" fill="${paint.of(colour)}"/></marker>`;
  return `<defs>${Object.entries(LOOKS).map(marker).join("")}</defs>`;
}

function lineOf({ edge, points, from }: Line, { paint }: Pen): string {
  const look = LOOKS[edge.data.look];
  const colour = paint.of(look.colour);
  const dash = look.dash ? ` stroke-dasharray="${look.dash}" stroke-linecap="round"` : "";
  const start = edge.data.look === "stage" || edge.data.look === "any" ? dot(from, 4, colour, colour) : "";
  return `<path d="${roundedPath(points)}" fill="none" stroke="${colour}" stroke-width="${look.wide}"${dash} marker-end="url(#head-${edge.data.look})"/>${start}`;
}

function chipOf({ edge, points }: Line, pen: Pen): string {
  const { chip, route } = edge.data;
  if (!chip) return "";
  const { paint } = pen;
  const order = chip.order === null ? "" : String(chip.order);
  const text = chip.where ? `${chip.text} ◇` : chip.text;
  const before = (order ? 23 : 4) + 19;
  const wide = Math.min(CHIP_WIDEST, before + pen.measure(text, 12, 400) + 12);
  const spot = chipSpot(points, route);
  const x = spot.hang === "left" ? spot.x : spot.x - wide / 2;
  const y = spot.y - 13;
  return [
    box(x, y, wide, 26, 13, paint.of("sheet"), paint.of("line-strong")),
    order
      ? `<circle cx="${x + 13}" cy="${spot.y}" r="8.5" fill="${paint.of("sheet-2")}"/>${letters(pen, x + 13, spot.y + 4, order, { size: 10.5, fill: paint.of("ink-3"), anchor: "middle" })}`
      : "",
    sign(x + before - 17, spot.y - 7, 14, strokeOf(SIGNS[chip.reason]), paint.of("ink-2")),
    letters(pen, x + before + 1, spot.y + 4, text, {
      size: 12,
      fill: paint.of("ink"),
      room: wide - before - 10,
    }),
  ].join("");
}
