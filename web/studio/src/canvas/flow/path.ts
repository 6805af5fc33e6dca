/** From a route to a line: corners first, then an SVG path that rounds them. */
import type { Point } from "../model/definition";
import { isAcross, type Route } from "./routes";

const RADIUS = 10;

/** The corners of an arrow from `from` to `to`, both given on the border of their cards. */
export function corners(from: Point, to: Point, route: Route): Point[] {
  const via = route.via.length > 0 ? held(from, to, route) : plain(from, to, route);
  return tidy([from, ...via, to]);
}

/** The planned corners, the first and last drawn along when an end is moved. */
function held(from: Point, to: Point, { via, leave, arrive }: Route): Point[] {
  const points = via.map((point) => ({ ...point }));
  const first = points[0]!;
  const last = points.at(-1)!;
  if (isAcross(leave)) first.y = from.y;
  else first.x = from.x;
  if (isAcross(arrive)) last.y = to.y;
  else last.x = to.x;
  return points;
}

/** Without planned corners: a bend halfway, or none. */
function plain(from: Point, to: Point, { leave, arrive }: Route): Point[] {
  if (isAcross(leave) && isAcross(arrive)) {
    const x = (from.x + to.x) / 2;
    return [
      { x, y: from.y },
      { x, y: to.y },
    ];
  }
  if (!isAcross(leave) && !isAcross(arrive)) {
    const y = (from.y + to.y) / 2;
    return [
      { x: from.x, y },
      { x: to.x, y },
    ];
  }
  return isAcross(leave) ? [{ x: to.x, y: from.y }] : [{ x: from.x, y: to.y }];
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
  if (route.leave === "right") return { x: first.x + 12, y: first.y, hang: "left" };
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
