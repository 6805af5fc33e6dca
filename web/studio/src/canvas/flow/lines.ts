/** The lines of all arrows as points on the canvas, and places along them: for dots that travel. */
import type { Point } from "../model/definition";
import { corners } from "./path";
import type { Flow } from "./toFlow";
import type { FlowNode } from "./types";

const HALF_DOT = 6;

export function linesOf({ nodes, edges }: Flow): Map<string, Point[]> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const lines = new Map<string, Point[]>();
  for (const edge of edges) {
    const from = dotAt(byId, edge.source, edge.sourceHandle);
    const to = dotAt(byId, edge.target, edge.targetHandle);
    if (from && to && edge.data) lines.set(edge.id, corners(from, to, edge.data.route));
  }
  return lines;
}

function dotAt(
  nodes: ReadonlyMap<string, FlowNode>,
  id: string,
  dot: string | null | undefined,
): Point | null {
  const node = nodes.get(id);
  const handle = node?.handles?.find((one) => one.id === dot);
  if (!node || !handle) return null;
  const parent = node.parentId ? nodes.get(node.parentId)?.position : undefined;
  return {
    x: (parent?.x ?? 0) + node.position.x + handle.x + HALF_DOT,
    y: (parent?.y ?? 0) + node.position.y + handle.y + HALF_DOT,
  };
}

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
