import { describe, expect, it } from "vitest";

import type { Point } from "../model/definition";
import type { Box } from "../model/geometry";
import { findWay, mazeOf } from "./maze";
import { routeBetween, spread, type Gate, type Route } from "./routes";

const box = (x: number, y: number): Box => ({ x, y, w: 200, h: 200 });
const inside = (one: Box, a: Point, b: Point): boolean => {
  const x = [Math.min(a.x, b.x), Math.max(a.x, b.x)] as const;
  const y = [Math.min(a.y, b.y), Math.max(a.y, b.y)] as const;
  return one.x < x[1] && one.x + one.w > x[0] && one.y < y[1] && one.y + one.h > y[0];
};

describe("the maze", () => {
  const boxes = [box(0, 0), box(400, 0), box(800, 0), box(400, 400)];

  it("goes round what stands in between", () => {
    const maze = mazeOf(boxes)!;
    const way = findWay(maze, { x: 226, y: 76 }, "right", { x: 774, y: 76 }, "right")!;
    const points = way.corners;
    for (let n = 1; n < points.length; n += 1)
      for (const one of boxes) expect(inside(one, points[n - 1]!, points[n]!)).toBe(false);
  });

  it("goes straight where nothing stands", () => {
    const maze = mazeOf([box(0, 0), box(400, 0)])!;
    expect(findWay(maze, { x: 226, y: 76 }, "right", { x: 374, y: 76 }, "right")!.corners).toHaveLength(2);
  });

  it("gives up on drawings that are too large to be solved while typing", () => {
    expect(mazeOf(Array.from({ length: 200 }, (_, n) => box(n * 300, n * 300)))).toBeNull();
  });
});

describe("routes", () => {
  const gate = (side: Gate["side"], x: number, y: number, cost = 0): Gate => ({ side, at: { x, y }, cost });

  it("takes the natural sides when the way is free", () => {
    const maze = mazeOf([box(0, 0), box(400, 0)]);
    const route = routeBetween(
      maze,
      [gate("right", 200, 76), gate("bottom", 150, 200, 180)],
      [gate("left", 400, 76), gate("top", 444, 0, 60)],
    );
    expect(route).toEqual({ leave: "right", arrive: "left", via: [] });
  });

  it("draws parallel arrows apart, but lets those with one goal run together", () => {
    const line = (to: string): { route: Route; to: string } => ({
      to,
      route: {
        leave: "right",
        arrive: "left",
        via: [
          { x: 300, y: 0 },
          { x: 300, y: 500 },
        ],
      },
    });
    const [a, b, c] = spread([line("p"), line("q"), line("p")]);
    expect(b!.via[0]!.x).not.toBe(a!.via[0]!.x);
    expect(c!.via[0]!.x).toBe(a!.via[0]!.x);
  });
});
