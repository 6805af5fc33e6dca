/** From a route to a line: corners first, then an SVG path that rounds them. */
import type { Point } from "../model/definition";
import type { Side } from "./anchors";
import type { Route } from "./routes";

const STUB = 16;
const RADIUS = 10;

const step = (point: Point, side: Side, by = STUB): Point => {
  if (side === "left") return { x: point.x - by, y: point.y };
  if (side === "right") return { x: point.x + by, y: point.y };
  return { x: point.x, y: point.y + (side === "top" ? -by : by) };
};
const isAcross = (side: Side) => side === "left" || side === "right";

/** The corners of an arrow from `from` to `to`, both given on the border of their cards. */
export function corners(from: Point, to: Point, route: Route): Point[] {
  const out = step(from, route.leave);
  const into = step(to, route.arrive);
  return tidy([from, out, ...between(out, into, route), into, to]);
}

function between(out: Point, into: Point, route: Route): Point[] {
  const { leave, arrive, lane } = route;
  if (lane !== null) {
    const sideways = isAcross(arrive) && (isAcross(leave) || leave === "bottom");
    // A lane at the side is an x, one above or below is a height.
    if (sideways || (leave === "right" && arrive === "top"))
      return [
        { x: lane, y: out.y },
        { x: lane, y: into.y },
      ];
    return [
      { x: out.x, y: lane },
      { x: into.x, y: lane },
    ];
  }
  if (isAcross(leave) && isAcross(arrive)) {
    const x = into.x >= out.x ? (out.x + into.x) / 2 : out.x;
    return [
      { x, y: out.y },
      { x, y: into.y },
    ];
  }
  if (!isAcross(leave) && !isAcross(arrive)) {
    const y = (out.y + into.y) / 2;
    return [
      { x: out.x, y },
      { x: into.x, y },
    ];
  }
  return isAcross(leave) ? [{ x: into.x, y: out.y }] : [{ x: out.x, y: into.y }];
}

/** Leaves out points that repeat or lie on a straight line. */
function tidy(points: Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    const before = kept.at(-2);
    if (last && Math.abs(last.x - point.x) < 0.5 && Math.abs(last.y - point.y) < 0.5) continue;
    const straight =
      last &&
      before &&
      ((before.x === last.x && last.x === point.x) || (before.y === last.y && last.y === point.y));
    if (straight) kept.pop();
    kept.push(point);
  }
  return kept;
}

const distance = (a: Point, b: Point) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
const toward = (a: Point, b: Point, by: number): Point => {
  const whole = distance(a, b) || 1;
  return { x: a.x + ((b.x - a.x) * by) / whole, y: a.y + ((b.y - a.y) * by) / whole };
};

export function roundedPath(points: readonly Point[]): string {
  const first = points[0];
  if (!first) return "";
  let path = `M ${first.x} ${first.y}`;
  for (let n = 1; n < points.length - 1; n += 1) {
    const before = points[n - 1]!;
    const corner = points[n]!;
    const after = points[n + 1]!;
    const radius = Math.min(RADIUS, distance(before, corner) / 2, distance(corner, after) / 2);
    const a = toward(corner, before, radius);
    const b = toward(corner, after, radius);
    path += ` L ${a.x} ${a.y} Q ${corner.x} ${corner.y} ${b.x} ${b.y}`;
  }
  const last = points.at(-1)!;
  return `${path} L ${last.x} ${last.y}`;
}

export interface ChipSpot extends Point {
  /** Where the chip's own box hangs: its left edge or its middle. */
  hang: "left" | "middle";
}

/** Where the chip of a stage arrow lies: beside the border it leaves, or in the middle of its lane. */
export function chipSpot(points: readonly Point[], route: Route): ChipSpot {
  const first = points[0]!;
  if (route.leave === "right" && route.lane === null) return { x: first.x + 12, y: first.y, hang: "left" };
  let longest: [Point, Point] = [first, points[1] ?? first];
  for (let n = 1; n < points.length; n += 1) {
    const a = points[n - 1]!;
    const b = points[n]!;
    const flat = a.y === b.y ? 1.2 : 1;
    if (distance(a, b) * flat > distance(...longest)) longest = [a, b];
  }
  const [a, b] = longest;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, hang: "middle" };
}
