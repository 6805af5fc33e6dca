/** Finds a right-angled way round boxes: the shortest with few corners, over the lines that run beside the boxes. */
import type { Point } from "../model/definition";
import { overlaps, type Box } from "../model/geometry";
import type { Side } from "./anchors";

/** How far beside a box a line runs. */
export const BESIDE = 26;
const CORNER_COST = 60;
/** How much longer a way among chips counts. */
const CROWDED = 1.5;
/** Larger mazes take too long to solve while somebody draws; then only what lies between two places is looked at. */
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
  /** Ways that were found before. */
  known: Map<string, Way | null>;
}
export interface Way {
  corners: Point[];
  cost: number;
}

const sorted = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

export function mazeOf(boxes: readonly Box[]): Maze | null {
  const xs = sorted(boxes.flatMap((box) => [box.x - BESIDE, box.x + box.w + BESIDE]));
  const ys = sorted(boxes.flatMap((box) => [box.y - BESIDE, box.y + box.h + BESIDE]));
  const lefts = new Set(boxes.map((box) => box.x - BESIDE));
  const crowded = new Set(boxes.map((box) => box.x + box.w + BESIDE).filter((x) => !lefts.has(x)));
  const tooLarge = xs.length > MOST_LINES || ys.length > MOST_LINES;
  return tooLarge ? null : { xs, ys, boxes, crowded, known: new Map() };
}

/** How far beside the straight way one looks, by turns, until there is little enough to look at. */
const CORRIDORS = [900, 420, 120];
const CORRIDOR_GRID = 400;

/** The mazes of one drawing: a single one if it is small, else one for each corridor that an arrow takes. Mazes whose
 *  boxes are the same as in the drawing before are the same, with all the ways that are known. */
export class Mazes {
  private whole: Maze | null;
  private corridors = new Map<string, Maze | null>();
  private kept = new Map<string, Maze>();

  constructor(
    private boxes: readonly Box[],
    private before: Mazes | null,
  ) {
    this.whole = this.of(boxes);
  }

  between(a: Point, b: Point): Maze | null {
    if (this.whole) return this.whole;
    for (const margin of CORRIDORS) {
      const low = (one: number, other: number) =>
        Math.floor((Math.min(one, other) - margin) / CORRIDOR_GRID) * CORRIDOR_GRID;
      const high = (one: number, other: number) =>
        Math.ceil((Math.max(one, other) + margin) / CORRIDOR_GRID) * CORRIDOR_GRID;
      const [x, y, right, bottom] = [low(a.x, b.x), low(a.y, b.y), high(a.x, b.x), high(a.y, b.y)];
      const key = `${x} ${y} ${right} ${bottom}`;
      let maze = this.corridors.get(key);
      if (maze === undefined) {
        const corridor = { x, y, w: right - x, h: bottom - y };
        maze = this.of(this.boxes.filter((box) => overlaps(box, corridor)));
        this.corridors.set(key, maze);
      }
      if (maze) return maze;
    }
    return null;
  }

  private of(boxes: readonly Box[]): Maze | null {
    const key = boxes.map((box) => `${box.x} ${box.y} ${box.w} ${box.h}`).join();
    const maze = this.kept.get(key) ?? this.before?.kept.get(key) ?? mazeOf(boxes);
    if (maze) this.kept.set(key, maze);
    return maze;
  }

  /** Lets go of the drawing before; what it knew has been taken over. */
  settle(): this {
    this.before = null;
    return this;
  }
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
  /** The cost with what is left at least: in this order spots are looked at. */
  rank: number;
  from: Spot | null;
}

/** A small heap: the most promising spot first. */
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
      if (items[up]!.rank <= spot.rank) break;
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
      if (down + 1 < items.length && items[down + 1]!.rank < items[down]!.rank) down += 1;
      if (items[down]!.rank >= last.rank) break;
      items[n] = items[down]!;
      n = down;
    }
    items[n] = last;
    return top;
  }
}

/** The corners between two points, the way leaving `start` heading `out` and reaching `goal` heading `into`. */
export function findWay(maze: Maze, start: Point, out: Side, goal: Point, into: Side): Way | null {
  const key = `${start.x} ${start.y} ${out} ${goal.x} ${goal.y} ${into}`;
  const known = maze.known.get(key);
  if (known !== undefined) return known;
  const way = search(maze, start, out, goal, into);
  maze.known.set(key, way);
  return way;
}

function search(maze: Maze, start: Point, out: Side, goal: Point, into: Side): Way | null {
  const xs = sorted([...maze.xs, start.x, goal.x]);
  const ys = sorted([...maze.ys, start.y, goal.y]);
  const near = maze.boxes;
  const goalX = xs.indexOf(goal.x);
  const goalY = ys.indexOf(goal.y);
  const best = new Map<number, number>();
  const key = (spot: Spot) => (spot.iy * xs.length + spot.ix) * 4 + SIDES.indexOf(spot.heading);
  const open = new Heap();
  // What is left at least; without it the search would look everywhere before it looks ahead.
  const left = (ix: number, iy: number) => Math.abs(xs[ix]! - goal.x) + Math.abs(ys[iy]! - goal.y);
  const [sx, sy] = [xs.indexOf(start.x), ys.indexOf(start.y)];
  open.push({ ix: sx, iy: sy, heading: out, cost: 0, rank: left(sx, sy), from: null });
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
        open.push({ ...spot, heading: side, cost: spot.cost + turn, rank: spot.cost + turn, from: spot });
      if (ix < 0 || iy < 0 || ix >= xs.length || iy >= ys.length) continue;
      const there = { x: xs[ix]!, y: ys[iy]! };
      if (near.some((box) => cuts(box, here, there))) continue;
      const length = Math.abs(there.x - here.x) + Math.abs(there.y - here.y);
      const chips = step.y !== 0 && maze.crowded.has(here.x) ? length * CROWDED : 0;
      const cost = spot.cost + length + turn + chips;
      open.push({ ix, iy, heading: side, cost, rank: cost + left(ix, iy), from: spot });
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
