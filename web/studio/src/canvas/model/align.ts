/** Lining things up by their edges or middles, and spreading them evenly. */
import type { Id, Point } from "./definition";
import { bounds, type Box } from "./geometry";

export const ALIGNMENTS = ["left", "center", "right", "top", "middle", "bottom"] as const;
export const SPREADS = ["across", "down"] as const;
export type Alignment = (typeof ALIGNMENTS)[number] | (typeof SPREADS)[number];

/** How many things an alignment needs before it says anything. */
export const leastFor = (how: Alignment): number => (how === "across" || how === "down" ? 3 : 2);

/** Where each thing goes, as the upper left corner on the canvas; empty if there are too few. */
export function align(things: ReadonlyMap<Id, Box>, how: Alignment): Map<Id, Point> {
  const frame = bounds([...things.values()]);
  if (!frame || things.size < leastFor(how)) return new Map();
  if (how === "across" || how === "down") return spread(things, how === "across" ? "x" : "y");
  return new Map([...things].map(([id, box]) => [id, lined(box, frame, how)]));
}

function lined(box: Box, frame: Box, how: Alignment): Point {
  switch (how) {
    case "left":
      return { x: frame.x, y: box.y };
    case "center":
      return { x: Math.round(frame.x + (frame.w - box.w) / 2), y: box.y };
    case "right":
      return { x: frame.x + frame.w - box.w, y: box.y };
    case "top":
      return { x: box.x, y: frame.y };
    case "middle":
      return { x: box.x, y: Math.round(frame.y + (frame.h - box.h) / 2) };
    default:
      return { x: box.x, y: frame.y + frame.h - box.h };
  }
}

/** The first and the last stay; between all neighbours there is the same gap. */
function spread(things: ReadonlyMap<Id, Box>, axis: "x" | "y"): Map<Id, Point> {
  const length = (box: Box) => (axis === "x" ? box.w : box.h);
  const ordered = [...things].sort(([, a], [, b]) => a[axis] - b[axis]);
  const first = ordered[0]![1];
  const last = ordered.at(-1)![1];
  const room = last[axis] - first[axis] - length(first);
  const taken = ordered.slice(1, -1).reduce((sum, [, box]) => sum + length(box), 0);
  const gap = (room - taken) / (ordered.length - 1);
  const places = new Map<Id, Point>();
  let at = first[axis];
  for (const [id, box] of ordered) {
    places.set(id, { x: box.x, y: box.y, [axis]: Math.round(at) });
    at += length(box) + gap;
  }
  return places;
}
