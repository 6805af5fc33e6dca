/** Finds a right-angled way round boxes: the shortest with few corners, over the lines that run beside the boxes. */
import type { Point } from "../model/definition";
import type { Box } from "../model/geometry";
import type { Side } from "./anchors";

/** How far beside a box a line runs. */
export const BESIDE = 26;
const CORNER_COST = 60;
/** How much longer a way among chips counts. */
const CROWDED = 1.5;
/** Larger mazes take too long to solve while somebody types; their arrows go straight. */
const MOST_LINES = 160;

const HEADINGS: Record<Side, Point> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  top: { x: 0, y: -1 },
  bottom: { x: 0, y: 1 },
};
const SIDES: Side[] = ["right", "bottom", "left", "top"];
const OPPOSITE: Record<Side, Side> = { left: "right", right: "left", top: "bottom", bottom: "top" };

export interface Maze {
  xs: number[];
  ys: number[];
  boxes: readonly Box[];
  /** Upright lines that run where chips lie, at the right of stages; better not taken. */
  crowded: ReadonlySet<number>;
}

const sorted = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

export function mazeOf(boxes: readonly Box[]): Maze | null {
  const xs = sorted(boxes.flatMap((box) => [box.x - BESIDE, box.x + box.w + BESIDE]));
  const ys = sorted(boxes.flatMap((box) => [box.y - BESIDE, box.y + box.h + BESIDE]));
  const lefts = new Set(boxes.map((box) => box.x - BESIDE));
  const crowded = new Set(boxes.map((box) => box.x + box.w + BESIDE).filter((x) => !lefts.has(x)));
  return xs.length > MOST_LINES || ys.length > MOST_LINES ? null : { xs, ys, boxes, crowded };
}

/** Whether a straight line runs through a box (its border counts, its neighbourhood does not). */
function cuts(box: Box, a: Point, b: Point): boolean {
  const x1 = Math.min(a.x, b.x);
  const x2 = Math.max(a.x, b.x);
  const y1 = Math.min(a.y, b.y);
  const y2 = Math.max(a.y, b.y);
  return box.x - 4 < x2 && box.x + box.w + 4 > x1 && box.y - 4 < y2 && box.y + box.h + 4 > y1;
}

interface Spot {
  ix: number;
  iy: number;
  heading: Side;
  cost: number;
  from: Spot | null;
}

/** A small heap: the cheapest spot first. */
class Heap {
  private items: Spot[] = [];
  get size(): number {
    return this.items.length;
  }
  push(spot: Spot): void {
    const items = this.items;
    let n = items.push(spot) - 1;
    while (n > 0) {
      const up = (n - 1) >> 1;
      if (items[up]!.cost <= spot.cost) break;
      items[n] = items[up]!;
      n = up;
    }
    items[n] = spot;
  }
  pop(): Spot {
    const items = this.items;
    const top = items[0]!;
    const last = items.pop()!;
    if (items.length === 0) return top;
    let n = 0;
    for (;;) {
      let down = n * 2 + 1;
      if (down >= items.length) break;
      if (down + 1 < items.length && items[down + 1]!.cost < items[down]!.cost) down += 1;
      if (items[down]!.cost >= last.cost) break;
      items[n] = items[down]!;
      n = down;
    }
    items[n] = last;
    return top;
  }
}

/** The corners between two points, the way leaving `start` heading `out` and reaching `goal` heading `into`. */
export function findWay(
  maze: Maze,
  start: Point,
  out: Side,
  goal: Point,
  into: Side,
): { corners: Point[]; cost: number } | null {
  const xs = sorted([...maze.xs, start.x, goal.x]);
  const ys = sorted([...maze.ys, start.y, goal.y]);
  const near = maze.boxes;
  const goalX = xs.indexOf(goal.x);
  const goalY = ys.indexOf(goal.y);
  const best = new Map<number, number>();
  const key = (spot: Spot) => (spot.iy * xs.length + spot.ix) * 4 + SIDES.indexOf(spot.heading);
  const open = new Heap();
  open.push({ ix: xs.indexOf(start.x), iy: ys.indexOf(start.y), heading: out, cost: 0, from: null });
  while (open.size > 0) {
    const spot = open.pop();
    if (spot.ix === goalX && spot.iy === goalY && spot.heading === into)
      return { corners: unroll(spot, xs, ys), cost: spot.cost };
    const known = best.get(key(spot));
    if (known !== undefined && known <= spot.cost) continue;
    best.set(key(spot), spot.cost);
    const here = { x: xs[spot.ix]!, y: ys[spot.iy]! };
    for (const side of SIDES) {
      if (side === OPPOSITE[spot.heading]) continue;
      const step = HEADINGS[side];
      const ix = spot.ix + step.x;
      const iy = spot.iy + step.y;
      const turn = side === spot.heading ? 0 : CORNER_COST;
      // Turning on the spot is a move of its own at the goal, which must be reached with the right heading.
      if (turn && spot.ix === goalX && spot.iy === goalY)
        open.push({ ix: spot.ix, iy: spot.iy, heading: side, cost: spot.cost + turn, from: spot });
      if (ix < 0 || iy < 0 || ix >= xs.length || iy >= ys.length) continue;
      const there = { x: xs[ix]!, y: ys[iy]! };
      if (near.some((box) => cuts(box, here, there))) continue;
      const length = Math.abs(there.x - here.x) + Math.abs(there.y - here.y);
      const chips = step.y !== 0 && maze.crowded.has(here.x) ? length * CROWDED : 0;
      open.push({ ix, iy, heading: side, cost: spot.cost + length + turn + chips, from: spot });
    }
  }
  return null;
}

/** Only the points at which the way turns. */
function unroll(end: Spot, xs: readonly number[], ys: readonly number[]): Point[] {
  const points: Point[] = [];
  for (let spot: Spot | null = end; spot; spot = spot.from)
    points.unshift({ x: xs[spot.ix]!, y: ys[spot.iy]! });
  return points.filter((point, n) => {
    const a = points[n - 1];
    const b = points[n + 1];
    if (!a || !b) return true;
    return !((a.x === point.x && point.x === b.x) || (a.y === point.y && point.y === b.y));
  });
}
