/** Which way an arrow goes: by which sides it leaves and arrives, and along which lane if something is in between. */
import type { Point } from "../model/definition";
import { contains, type Box } from "../model/geometry";
import type { Side } from "./anchors";

export interface Route {
  leave: Side;
  arrive: Side;
  /** The line that the arrow keeps to between its ends: a height for lanes above and below, an x for lanes at the side. */
  lane: number | null;
}

const LANE_GAP = 34;
const LANE_PITCH = 18;
const SIDE_LANE_GAP = 13;
const SIDE_LANE_PITCH = 6;
const NEAR = 24;

const right = (box: Box) => box.x + box.w;
const bottom = (box: Box) => box.y + box.h;
const xRangesMeet = (a: Box, b: Box) => a.x < right(b) && b.x < right(a);

/** Whether a box stands in the straight way from one point to another, ends excluded. */
function blocks(box: Box, from: Point, to: Point): boolean {
  const x1 = Math.min(from.x, to.x);
  const x2 = Math.max(from.x, to.x);
  const y1 = Math.min(from.y, to.y);
  const y2 = Math.max(from.y, to.y);
  return box.x < x2 && right(box) > x1 && box.y < y2 + 1 && bottom(box) > y1 - 1;
}

/** Counts how many arrows already keep to a lane, so that the next one lies beside them. */
export type Lanes = Map<string, number>;

function next(lanes: Lanes, key: string): number {
  const n = lanes.get(key) ?? 0;
  lanes.set(key, n + 1);
  return n;
}

/** The way of an arrow from one stage to a stage, an end or a step elsewhere. */
export function betweenStages(from: Box, to: Box, others: readonly Box[], lanes: Lanes): Route {
  const ahead = to.x >= right(from) - NEAR;
  const start = { x: right(from), y: from.y + from.h / 2 };
  const goal = { x: to.x, y: to.y + Math.min(NEAR, to.h / 2) };
  const between = others.filter(
    (box) => box.x < Math.max(start.x, goal.x) && right(box) > Math.min(from.x, to.x),
  );

  if (ahead) {
    const free = !others.some((box) => box.x >= right(from) - NEAR && blocks(box, start, goal));
    if (free) return { leave: "right", arrive: "left", lane: null };
    const top = Math.min(from.y, to.y, ...between.map((box) => box.y));
    return { leave: "top", arrive: "top", lane: top - LANE_GAP - next(lanes, "over") * LANE_PITCH };
  }
  if (xRangesMeet(from, to)) {
    const below = to.y >= bottom(from);
    if (below || bottom(to) <= from.y) {
      return { leave: below ? "bottom" : "top", arrive: below ? "top" : "bottom", lane: null };
    }
  }
  const low = Math.max(bottom(from), bottom(to), ...between.map(bottom));
  return { leave: "bottom", arrive: "bottom", lane: low + LANE_GAP + next(lanes, "under") * LANE_PITCH };
}

/** The way of an arrow from a step to another step of its stage. */
export function withinStage(
  from: Box,
  to: Box,
  leave: Side,
  siblings: readonly Box[],
  lanes: Lanes,
  key: string,
): Route {
  const below = to.y >= bottom(from) - 4;
  const start = { x: from.x + from.w / 2, y: bottom(from) };
  const goal = { x: to.x + to.w / 2, y: to.y };
  const free = leave === "bottom" && below && !siblings.some((box) => blocks(box, start, goal));
  if (free) return { leave, arrive: "top", lane: null };
  const n = next(lanes, `${key}:${leave}`);
  if (leave === "right") {
    const edge = Math.max(right(from), right(to));
    return { leave, arrive: "right", lane: edge + SIDE_LANE_GAP + n * SIDE_LANE_PITCH };
  }
  const edge = Math.min(from.x, to.x);
  return { leave, arrive: "left", lane: edge - SIDE_LANE_GAP - n * SIDE_LANE_PITCH };
}

/** The way of an arrow from a step out of its stage: through the gutter at the stage's right border, or below all. */
export function outOfStage(
  stage: Box,
  to: Box,
  leave: Side,
  others: readonly Box[],
  lanes: Lanes,
  key: string,
): Route {
  const gutter = right(stage) + SIDE_LANE_GAP + 4 + next(lanes, `${key}:gutter`) * (SIDE_LANE_PITCH + 2);
  const start = { x: right(stage) + 1, y: to.y + NEAR };
  const free =
    to.x >= right(stage) &&
    !others.some((box) => !contains(box, to) && blocks(box, start, { x: to.x, y: to.y + NEAR }));
  if (free || leave === "right")
    return { leave, arrive: to.x >= right(stage) ? "left" : "top", lane: gutter };
  return { leave, arrive: to.x >= right(stage) ? "left" : "bottom", lane: bottom(stage) + LANE_GAP / 2 };
}
