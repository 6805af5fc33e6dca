import { describe, expect, it } from "vitest";

import { apart, circlesOf, insideOf, lens, roomiest, type Region } from "./venn";

const two = (a: number, b: number, both: number): Region[] => [
  { inside: ["a"], count: a },
  { inside: ["b"], count: b },
  { inside: ["a", "b"], count: both },
];
const circle = Math.PI;

describe("two circles", () => {
  it.each([
    [100, 60, 30],
    [1000, 10, 5],
    [50, 50, 1],
    [0, 40, 60],
  ])("have areas in proportion to people (%i, %i, %i)", (a, b, both) => {
    const [first, second] = circlesOf(["a", "b"], two(a, b, both), 600, 400);
    const scale = (circle * first!.r ** 2) / (a + both);
    expect((circle * second!.r ** 2) / scale).toBeCloseTo(b + both, 3);
    const distance = Math.hypot(first!.x - second!.x, first!.y - second!.y);
    expect(lens(first!.r, second!.r, distance) / scale).toBeCloseTo(both, 1);
  });

  it("that share nobody do not touch", () => {
    const [first, second] = circlesOf(["a", "b"], two(10, 20, 0), 600, 400);
    expect(Math.abs(first!.x - second!.x)).toBeGreaterThan(first!.r + second!.r);
  });

  it("of which one holds the other lie in one another", () => {
    const [first, second] = circlesOf(["a", "b"], two(90, 0, 10), 600, 400);
    const distance = Math.hypot(first!.x - second!.x, first!.y - second!.y);
    expect(distance + second!.r).toBeLessThanOrEqual(first!.r + 1e-6);
  });

  it("stay in their box, empty ones too", () => {
    for (const regions of [two(1, 100000, 0), two(0, 0, 0), two(5, 0, 0)])
      for (const one of circlesOf(["a", "b"], regions, 600, 400)) {
        expect(one.x - one.r).toBeGreaterThanOrEqual(-1e-6);
        expect(one.x + one.r).toBeLessThanOrEqual(600 + 1e-6);
        expect(one.y + one.r).toBeLessThanOrEqual(400 + 1e-6);
      }
  });
});

describe("three circles", () => {
  const regions: Region[] = [
    { inside: ["a"], count: 40 },
    { inside: ["b"], count: 30 },
    { inside: ["c"], count: 20 },
    { inside: ["a", "b"], count: 12 },
    { inside: ["a", "c"], count: 9 },
    { inside: ["b", "c"], count: 6 },
    { inside: ["a", "b", "c"], count: 4 },
  ];
  const circles = circlesOf(["a", "b", "c"], regions, 600, 400);

  it("share pairwise as many as they should", () => {
    const [a, b] = circles;
    const scale = (circle * a!.r ** 2) / 65;
    expect(lens(a!.r, b!.r, Math.hypot(a!.x - b!.x, a!.y - b!.y)) / scale).toBeCloseTo(16, 1);
  });

  it("have a place for every region's number, in that region", () => {
    for (const region of regions) {
      const at = roomiest(circles, region.inside);
      expect(at).not.toBeNull();
      expect(insideOf(circles, at!).sort()).toEqual([...region.inside].sort());
    }
  });
});

it("finds the distance for any area", () => {
  for (const area of [0.1, 0.5, 1, 2]) expect(lens(1, 0.9, apart(1, 0.9, area))).toBeCloseTo(area, 6);
});
