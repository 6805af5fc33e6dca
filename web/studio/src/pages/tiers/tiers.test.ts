import { describe, expect, it } from "vitest";

import { example } from "./example";
import { moved } from "./order";

describe("levels in their order", () => {
  it("puts one to another place and leaves the rest as they were", () => {
    expect(moved(["high", "mid", "low"], 0, 2)).toEqual(["mid", "low", "high"]);
    expect(moved(["high", "mid", "low"], 2, 0)).toEqual(["low", "high", "mid"]);
    expect(moved(["high"], 0, 0)).toEqual(["high"]);
  });
});

describe("the ready example", () => {
  it("has three levels, highest first, of which only the lowest asks nothing", () => {
    const { levels, otherwise } = example("zh");
    expect(levels.map((one) => one.name)).toEqual(["高", "中", "低"]);
    expect(levels.map((one) => one.rule === null)).toEqual([false, false, true]);
    expect(otherwise).toBe("lowest");
  });

  it("says the same in English", () => {
    expect(example("en").levels.map((one) => one.key)).toEqual(example("zh").levels.map((one) => one.key));
  });
});
