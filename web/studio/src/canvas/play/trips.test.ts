import { describe, expect, it } from "vitest";

import type { Crumb, Simulation } from "../api";
import { along } from "../flow/lines";
import { beauty } from "../testing/journeys";
import { eventsHeard, lineOf, messagesUntil, standingAt, tripsOf, underWay } from "./trips";

const crumb = (day: number, part: Partial<Crumb>): Crumb => ({
  at: new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString(),
  op: "step",
  stage: null,
  step: null,
  exit: null,
  arrow: null,
  ...part,
});

const simulation = {
  start: "2026-01-01T00:00:00Z",
  days: [
    { at: "", here: { trust: 3 }, entered: 3 },
    { at: "", here: { trust: 1, bought: 2 }, entered: 4 },
  ],
  messages_per_day: [3, 4],
  paths: [
    {
      subject: "s1",
      trail: [
        crumb(0.5, { op: "open", detail: { entry: "in-1" } }),
        crumb(0.5, { op: "stage", stage: "trust" }),
        crumb(1.5, { op: "stage", stage: "bought", arrow: "a2" }),
        crumb(1.75, { stage: "bought", step: "day7", exit: "next", arrow: "a3" }),
      ],
    },
  ],
} as unknown as Simulation;

describe("a simulation on the canvas", () => {
  it("knows the very line that each step of a path was taken along", () => {
    expect(tripsOf(simulation, beauty())).toEqual([
      { line: "in-1>", at: 0.5 },
      { line: "a2@trust", at: 1.5 },
      { line: "a3", at: 1.75 },
    ]);
    expect(lineOf(beauty(), "a4", "trust")).toBe("a4");
  });

  it("shows who is under way, and how far", () => {
    const trips = tripsOf(simulation, beauty());
    expect(underWay(trips, 1.6, 0.2)).toEqual([
      { line: "a2@trust", share: expect.closeTo(0.5, 5) as number },
    ]);
    expect(underWay(trips, 0.4, 0.2)).toEqual([]);
  });

  it("counts by day", () => {
    expect(standingAt(simulation, 0)).toEqual({});
    expect(standingAt(simulation, 2)).toEqual({ trust: 1, bought: 2 });
    expect(messagesUntil(simulation, 1)).toBe(3);
    expect(messagesUntil(simulation, 2)).toBe(7);
  });

  it("asks for the chance of what the drawing waits for, not of what lets people in", () => {
    expect(eventsHeard(beauty())).toEqual(["friend_deleted", "order_paid"]);
  });

  it("finds places along a line", () => {
    const line = [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
      { x: 100, y: 100 },
    ];
    expect(along(line, 0.25)).toEqual({ x: 50, y: 0 });
    expect(along(line, 1)).toEqual({ x: 100, y: 100 });
    expect(along([], 0.5)).toBeNull();
  });
});
