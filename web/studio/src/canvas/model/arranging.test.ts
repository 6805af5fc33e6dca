import { describe, expect, it } from "vitest";

import { layoutAll } from "../flow/layout";
import { layoutSome } from "../flow/layoutSome";
import { sizesFor } from "../flow/sizes";
import { beauty, large } from "../testing/journeys";
import { catalogue } from "../testing/kinds";
import { align } from "./align";
import { apply } from "./commands";
import type { Definition } from "./definition";
import { boxOf, overlaps } from "./geometry";
import { arrowsAt, neighbour, nextArrow } from "./walk";

const sizes = (d: Definition) => sizesFor(d, catalogue, "zh");
const laidOut = (d: Definition) => apply(d, { do: "move", places: layoutAll(d, sizes(d)) });

describe("align", () => {
  const things = new Map([
    ["a", { x: 0, y: 0, w: 100, h: 40 }],
    ["b", { x: 50, y: 100, w: 60, h: 20 }],
    ["c", { x: 300, y: 300, w: 20, h: 80 }],
  ]);

  it.each([
    ["left", "x", [0, 0, 0]],
    ["center", "x", [110, 130, 150]],
    ["right", "x", [220, 260, 300]],
    ["top", "y", [0, 0, 0]],
    ["middle", "y", [170, 180, 150]],
    ["bottom", "y", [340, 360, 300]],
  ] as const)("%s puts them on one line and leaves the other axis alone", (how, axis, wanted) => {
    const places = align(things, how);
    expect([...places.values()].map((at) => at[axis])).toEqual(wanted);
    const other = axis === "x" ? "y" : "x";
    expect([...places].map(([id, at]) => at[other] === things.get(id)![other])).toEqual([true, true, true]);
  });

  it("spreads with equal gaps between the first and the last", () => {
    const places = align(things, "across");
    expect(places.get("a")!.x).toBe(0);
    expect(places.get("c")!.x).toBe(300);
    const b = places.get("b")!.x;
    expect(b - 100).toBe(300 - (b + 60));
  });

  it("says nothing about one thing, nor about spreading two", () => {
    expect(align(new Map([...things].slice(0, 1)), "left").size).toBe(0);
    expect(align(new Map([...things].slice(0, 2)), "down").size).toBe(0);
  });
});

describe("walking", () => {
  it("goes down into a stage, along its steps, and up out of it again", () => {
    const d = laidOut(large(2, 4));
    expect(neighbour(d, "stage-1", "down", sizes(d))).toBe("step-1-1");
    expect(neighbour(d, "step-1-1", "down", sizes(d))).toBe("step-1-2");
    expect(neighbour(d, "step-1-2", "up", sizes(d))).toBe("step-1-1");
    expect(neighbour(d, "step-1-1", "up", sizes(d))).toBe("stage-1");
    expect(neighbour(d, "stage-1", "right", sizes(d))).toBe("stage-2");
    expect(neighbour(d, "step-1-2", "right", sizes(d))).toBe("stage-2");
  });

  it("begins at the first trigger when nothing is selected", () => {
    const d = laidOut(beauty());
    expect(neighbour(d, null, "right", sizes(d))).toBe("in-1");
  });

  it("reaches every stage, step, end and trigger from anywhere", () => {
    const d = laidOut(beauty());
    const seen = new Set(["in-1"]);
    for (const id of seen)
      for (const direction of ["left", "right", "up", "down"] as const) {
        const next = neighbour(d, id, direction, sizes(d));
        if (next) seen.add(next);
      }
    const all = [...d.stages, ...d.steps, ...d.entries, ...d.ends].map((one) => one.id);
    expect(all.filter((id) => !seen.has(id))).toEqual([]);
  });

  it("turns round the arrows of a place, and from an arrow reaches both its ends", () => {
    const d = laidOut(beauty());
    expect(arrowsAt(d, "trust")).toEqual(["a1", "a2"]);
    expect(nextArrow(d, "trust", 1)).toBe("a1");
    expect(nextArrow(d, "a1", 1)).toBe("a2");
    expect(nextArrow(d, "a2", 1)).toBe("a1");
    expect(neighbour(d, "a1", "right", sizes(d))).toBe("first_order");
    expect(neighbour(d, "a1", "left", sizes(d))).toBe("trust");
  });
});

describe("tidying a part", () => {
  it("lays out the selected stages only, where they are", () => {
    const d = laidOut(large(4, 4));
    const moved = apply(d, {
      do: "move",
      places: { "stage-2": { x: 900, y: 2000 }, "stage-3": { x: 950, y: 2050 } },
    });
    const places = layoutSome(moved, ["stage-2", "stage-3"], sizes(moved));
    const after = apply(moved, { do: "move", places });
    expect(Object.keys(places)).not.toContain("stage-1");
    expect(after.layout["stage-2"]).toMatchObject({ x: 900, y: 2000 });
    const box = (id: string) => boxOf(after, id, sizes(after))!;
    expect(overlaps(box("stage-2"), box("stage-3"))).toBe(false);
  });

  it("lays out the selected steps of a stage only", () => {
    const d = laidOut(large(1, 5));
    const piled = apply(d, {
      do: "move",
      places: { "step-1-4": { x: 400, y: 300 }, "step-1-5": { x: 410, y: 310 } },
    });
    const places = layoutSome(piled, ["step-1-4", "step-1-5"], sizes(piled));
    expect(Object.keys(places).sort()).toEqual(["step-1-4", "step-1-5"]);
    expect(places["step-1-4"]).toEqual({ x: 400, y: 300 });
    expect(places["step-1-5"]!.y).toBeGreaterThan(370);
  });
});
