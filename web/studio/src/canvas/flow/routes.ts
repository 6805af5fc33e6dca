/** Which way an arrow goes: by which sides it leaves and arrives, and over which corners. */
import type { Point } from "../model/definition";
import { STEP_GAP, type Box } from "../model/geometry";
import type { Side } from "./anchors";
import { BESIDE, findWay, type Maze } from "./maze";

export interface Route {
  leave: Side;
  arrive: Side;
  /** The corners on the way. The first and the last follow the ends of the arrow when these are moved. */
  via: Point[];
}

/** An arrow may leave by this side here. A cost speaks against it. */
export interface Gate {
  side: Side;
  at: Point;
  cost: number;
}

const HEADINGS: Record<Side, Point> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  top: { x: 0, y: -1 },
  bottom: { x: 0, y: 1 },
};
const OPPOSITE: Record<Side, Side> = { left: "right", right: "left", top: "bottom", bottom: "top" };
const away = (at: Point, side: Side): Point => ({
  x: at.x + HEADINGS[side].x * BESIDE,
  y: at.y + HEADINGS[side].y * BESIDE,
});

/** A way that is not much longer than the straight one is taken without looking for others. */
const CONTENT = 1.25;
const CONTENT_MORE = 260;

/** The best way from one of the gates to one of the others; straight on if there is none. */
export function routeBetween(maze: Maze | null, from: readonly Gate[], to: readonly Gate[]): Route {
  const first: Route = { leave: from[0]!.side, arrive: to[0]!.side, via: [] };
  if (!maze) return first;
  let best: { route: Route; cost: number } | null = null;
  for (const out of from) {
    for (const into of to) {
      const straight = Math.abs(out.at.x - into.at.x) + Math.abs(out.at.y - into.at.y) + out.cost + into.cost;
      if (best && best.cost <= straight) continue;
      const way = findWay(
        maze,
        away(out.at, out.side),
        out.side,
        away(into.at, into.side),
        OPPOSITE[into.side],
      );
      if (!way) continue;
      const cost = way.cost + out.cost + into.cost;
      if (best && best.cost <= cost) continue;
      best = {
        route: { leave: out.side, arrive: into.side, via: inner(way.corners, out.side, into.side) },
        cost,
      };
      if (out === from[0] && into === to[0] && cost < straight * CONTENT + CONTENT_MORE) return best.route;
    }
  }
  return best?.route ?? first;
}

/** Without its two ends, unless the way turns right there. */
function inner(corners: readonly Point[], leave: Side, arrive: Side): Point[] {
  const points = [...corners];
  const second = points[1];
  const turnsAtOnce = second && (isAcross(leave) ? second.y !== points[0]!.y : second.x !== points[0]!.x);
  if (!turnsAtOnce) points.shift();
  const last = points.at(-1);
  const before = points.at(-2);
  const turnsAtEnd = last && before && (isAcross(arrive) ? before.y !== last.y : before.x !== last.x);
  if (!turnsAtEnd) points.pop();
  return points;
}

export const isAcross = (side: Side): boolean => side === "left" || side === "right";

/** Counts how many arrows already keep to a lane inside a stage, so that the next one lies beside them. */
export type Lanes = Map<string, number>;

const LANE = 13;
const LANE_PITCH = 6;
const STEP_IN_Y = 30;

function next(lanes: Lanes, key: string): number {
  const n = lanes.get(key) ?? 0;
  lanes.set(key, n + 1);
  return n;
}

const bottomOf = (box: Box) => box.y + box.h;
const rightOf = (box: Box) => box.x + box.w;

function blocks(box: Box, from: Point, to: Point): boolean {
  const x1 = Math.min(from.x, to.x);
  const x2 = Math.max(from.x, to.x);
  return (
    box.x < x2 + 1 &&
    rightOf(box) > x1 - 1 &&
    box.y < Math.max(from.y, to.y) &&
    bottomOf(box) > Math.min(from.y, to.y)
  );
}

export interface StepStart {
  at: Point;
  side: Side;
  box: Box;
}

/** From a step's exit to another step of its stage: straight down if nothing stands there, else along a lane. */
export function withinStage(
  start: StepStart,
  to: Box,
  siblings: readonly Box[],
  lanes: Lanes,
  key: string,
): Route {
  const { at, side, box } = start;
  const goal = { x: to.x + to.w / 2, y: to.y };
  const below = to.y >= bottomOf(box) + 12;
  if (side === "bottom" && below && !siblings.some((one) => blocks(one, at, goal))) {
    return { leave: "bottom", arrive: "top", via: at.x === goal.x ? [] : zed(at, goal) };
  }
  const n = next(lanes, `${key}:${side}`);
  if (side === "right") {
    const lane = Math.max(rightOf(box), rightOf(to)) + LANE + n * LANE_PITCH;
    return {
      leave: "right",
      arrive: "right",
      via: [
        { x: lane, y: at.y },
        { x: lane, y: to.y + STEP_IN_Y },
      ],
    };
  }
  const lane = Math.min(box.x, to.x) - LANE - n * LANE_PITCH;
  const y = at.y + STEP_GAP / 3;
  return {
    leave: "bottom",
    arrive: "left",
    via: [
      { x: at.x, y },
      { x: lane, y },
      { x: lane, y: to.y + STEP_IN_Y },
    ],
  };
}

/** Down, across in the gap above the goal, down again. */
function zed(at: Point, goal: Point): Point[] {
  const y = Math.max(at.y + STEP_GAP / 3, goal.y - STEP_GAP / 2);
  return [
    { x: at.x, y },
    { x: goal.x, y },
  ];
}

/** From a step's exit out through its stage's right border, and from there through the maze. */
export function outOfStage(
  maze: Maze | null,
  start: StepStart,
  stage: Box,
  to: readonly Gate[],
  lanes: Lanes,
  key: string,
): Route {
  const n = next(lanes, `${key}:out`);
  const y = start.side === "right" ? start.at.y : start.at.y + STEP_GAP / 3 + (n % 3) * LANE_PITCH;
  const door: Gate = { side: "right", at: { x: rightOf(stage), y }, cost: 0 };
  const way = routeBetween(maze, [door], to);
  const rest = way.via.length > 0 ? way.via : fallback(door.at, to[0]!);
  const bend = start.side === "right" ? [] : [{ x: start.at.x, y }];
  return { leave: start.side, arrive: way.arrive, via: [...bend, ...rest] };
}

/** Where the maze has no way: halfway across, unless both are on one line anyhow. */
function fallback(from: Point, to: Gate): Point[] {
  if (from.y === to.at.y) return [];
  if (!isAcross(to.side)) return [{ x: to.at.x, y: from.y }];
  const x = (from.x + to.at.x) / 2;
  return [
    { x, y: from.y },
    { x, y: to.at.y },
  ];
}

const BESIDE_EACH_OTHER = 9;

/** Draws lines that would lie upon each other a little apart; those with the same goal may run together. */
export function spread(routes: readonly { route: Route; to: string }[]): Route[] {
  const runs: { n: number; k: number; line: string; low: number; high: number; to: string }[] = [];
  routes.forEach(({ route, to }, n) => {
    for (let k = 0; k + 1 < route.via.length; k += 1) {
      const a = route.via[k]!;
      const b = route.via[k + 1]!;
      const upright = a.x === b.x;
      const [low, high] = upright
        ? [Math.min(a.y, b.y), Math.max(a.y, b.y)]
        : [Math.min(a.x, b.x), Math.max(a.x, b.x)];
      runs.push({ n, k, line: upright ? `x${a.x}` : `y${a.y}`, low, high, to });
    }
  });
  const result = routes.map(({ route }) => ({ ...route, via: route.via.map((point) => ({ ...point })) }));
  const lanes = new Map<string, { low: number; high: number; to: string; level: number }[]>();
  for (const run of runs) {
    const taken = lanes.get(run.line) ?? [];
    const meets = taken.filter((one) => one.to !== run.to && one.low < run.high && run.low < one.high);
    let level =
      taken.find((one) => one.to === run.to && one.low < run.high && run.low < one.high)?.level ?? 0;
    while (meets.some((one) => one.level === level)) level += 1;
    lanes.set(run.line, [...taken, { ...run, level }]);
    if (level === 0) continue;
    const shift = (level % 2 ? 1 : -1) * Math.ceil(level / 2) * BESIDE_EACH_OTHER;
    const axis = run.line.startsWith("x") ? "x" : "y";
    for (const point of [result[run.n]!.via[run.k]!, result[run.n]!.via[run.k + 1]!]) point[axis] += shift;
  }
  return result;
}
