import { describe, expect, it } from "vitest";

import type { Numbers } from "../state/types";
import { beauty } from "../testing/journeys";
import { heatOf, lasting, lostAt, percent, shareOf } from "./reading";

const numbers: Numbers = {
  version: 1,
  nodes: {
    trust: { here: 3, passed: 100 },
    first_order: { here: 1, passed: 60 },
    bought: { here: 9, passed: 20 },
    day7: { here: 9, passed: 8 },
    lost: { here: 0, passed: 12 },
  },
  arrows: { a1: 60, a2: 20, a3: 8, a4: 12 },
  exits: {},
  inside: 13,
  entered: 100,
  ended: { lost: 12 },
  endings: { trust: { lost: 9, converted: 3 }, first_order: { lost: 3 } },
};
const arrow = (id: string) => beauty().arrows.find((one) => one.id === id)!;

describe("what the layer of numbers says", () => {
  it("tells shares of those who came to where an arrow begins", () => {
    expect(shareOf(numbers, arrow("a1"))).toEqual([60, 100]);
    expect(shareOf(numbers, arrow("a3"))).toEqual([8, 8]);
    expect(shareOf(numbers, arrow("a4"))).toEqual([12, 100]);
    expect([percent(60, 100), percent(1, 300), percent(3, 0), percent(0, 9)]).toEqual([
      "60%",
      "0.3%",
      "–",
      "0%",
    ]);
  });

  it("makes what loses people glow", () => {
    const journey = beauty();
    expect(heatOf(journey, numbers, arrow("a1"), "passed")?.tone).toBe("through");
    expect(heatOf(journey, numbers, arrow("a1"), "loss")).toBeNull();
    expect(heatOf(journey, numbers, arrow("a4"), "loss")).toEqual({ tone: "lost", width: 0.27 });
    expect(heatOf(journey, numbers, arrow("a4"), "off")).toBeNull();
    expect(lostAt(journey, numbers, "lost")).toBe(12);
    expect(lostAt(journey, numbers, "trust")).toBe(9);
    expect(lostAt(journey, numbers, "bought")).toBe(0);
  });

  it("tells lengths of time in the unit that fits", () => {
    expect(lasting(40)).toEqual({ unit: "seconds", n: 40 });
    expect(lasting(600)).toEqual({ unit: "minutes", n: 10 });
    expect(lasting(7200)).toEqual({ unit: "hours", n: 2 });
    expect(lasting(86_400 * 2.26)).toEqual({ unit: "days", n: 2.3 });
    expect(lasting(86_400 * 40)).toEqual({ unit: "days", n: 40 });
  });
});
