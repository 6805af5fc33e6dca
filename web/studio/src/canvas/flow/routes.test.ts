import { describe, expect, it } from "vitest";

import type { Point } from "../model/definition";
import type { Box } from "../model/geometry";
import { Mazes, findWay, mazeOf } from "./maze";
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

  it("of a drawing too large to be solved while drawing looks only at what lies between", () => {
    const many = Array.from({ length: 200 }, (_, n) => box((n % 20) * 307 + n, Math.floor(n / 20) * 311 + n));
    expect(mazeOf(many)).toBeNull();
    const mazes = new Mazes(many, null);
    const [a, b] = [many[2]!, many[66]!];
    const from = { x: a.x + 226, y: a.y + 76 };
    const to = { x: b.x - 26, y: b.y + 76 };
    const maze = mazes.between(from, to)!;
    expect(maze.boxes.length).toBeLessThan(many.length);
    const { corners } = findWay(maze, from, "right", to, "right")!;
    for (let n = 1; n < corners.length; n += 1)
      for (const one of many) expect(inside(one, corners[n - 1]!, corners[n]!)).toBe(false);
  });

  it("knows again what it has found while nothing near has changed", () => {
    const many = Array.from({ length: 200 }, (_, n) => box((n % 20) * 307 + n, Math.floor(n / 20) * 311 + n));
    const [from, to] = [
      { x: 226, y: 76 },
      { x: 589, y: 78 },
    ];
    const before = new Mazes(many, null);
    const maze = before.between(from, to);
    const farAway = many.map((one, n) => (n === 199 ? { ...one, x: one.x + 40 } : one));
    expect(new Mazes(farAway, before).between(from, to)).toBe(maze);
    const near = many.map((one, n) => (n === 1 ? { ...one, x: one.x + 40 } : one));
    expect(new Mazes(near, before).between(from, to)).not.toBe(maze);
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
