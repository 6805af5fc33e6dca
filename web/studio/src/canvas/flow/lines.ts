/** The lines of all arrows as points on the canvas, and places along them: for dots that travel. */
import type { Point } from "../model/definition";
import { sceneOf } from "./scene";
import type { Flow } from "./toFlow";

export const linesOf = (flow: Flow): Map<string, Point[]> =>
  new Map(sceneOf(flow).lines.map((line) => [line.edge.id, line.points]));

/** The point at a share (0 to 1) of a line's length. */
export function along(points: readonly Point[], share: number): Point | null {
  const first = points[0];
  if (!first) return null;
  const lengths = points
    .slice(1)
    .map((point, n) => Math.hypot(point.x - points[n]!.x, point.y - points[n]!.y));
  let left = lengths.reduce((sum, one) => sum + one, 0) * Math.max(0, Math.min(share, 1));
  for (let n = 0; n < lengths.length; n += 1) {
    const length = lengths[n]!;
    if (left <= length && length > 0) {
      const a = points[n]!;
      const b = points[n + 1]!;
      return { x: a.x + ((b.x - a.x) * left) / length, y: a.y + ((b.y - a.y) * left) / length };
    }
    left -= length;
  }
  return points.at(-1)!;
}
