import { describe, expect, it } from "vitest";

import type { Change } from "@/api/changing";

import { applyAll, type Command } from "../model/commands";
import { find } from "../model/lookup";
import { beauty } from "../testing/journeys";
import { withGhosts } from "./ghosts";
import { byStage, marksOf, withCompany } from "./words";

const before = beauty();
const edited = (...commands: Command[]) => applyAll(before, commands);

describe("what an older drawing still had", () => {
  it("is nothing when nothing was removed", () => {
    const draft = edited({ do: "rename", id: "welcome", name: "新名字" });
    expect(withGhosts(draft, before)).toBe(draft);
  });

  it("comes back with its step, its lines, and a place", () => {
    const draft = edited({ do: "remove", ids: ["recommend"] });
    const drawn = withGhosts(draft, before);
    expect(find(drawn, "recommend")?.is).toBe("step");
    expect(drawn.arrows.map((arrow) => arrow.id)).toContain("a3");
    expect(drawn.layout.recommend).toBeTruthy();
  });

  it("does not draw an old line over the new one of the same exit", () => {
    const draft = edited(
      { do: "remove", ids: ["a3"] },
      { do: "connectExit", id: "a9", from: "day7", exit: "next", to: "lost" },
    );
    expect(withGhosts(draft, before).arrows.map((arrow) => arrow.id)).not.toContain("a3");
  });

  it("brings a whole stage back with what was in it", () => {
    const draft = edited({ do: "remove", ids: ["bought"] });
    const drawn = withGhosts(draft, before);
    expect(find(drawn, "bought")?.is).toBe("stage");
    expect(find(drawn, "day7")?.is).toBe("step");
  });

  it("lies on no card of the draft", () => {
    const draft = edited({ do: "remove", ids: ["welcome"] }, {
      do: "addStep",
      id: "n",
      stage: "trust",
      kind: "wait",
      config: {},
      at: { x: 24, y: 64 },
    } as Command);
    const { layout } = withGhosts(draft, before);
    expect(Math.abs(layout.welcome!.y - layout.n!.y)).toBeGreaterThan(60);
  });

  it("goes along when its neighbours were moved", () => {
    const old = applyAll(before, [
      { do: "move", places: { day7: { x: 24, y: 64 }, recommend: { x: 24, y: 200 } } },
    ]);
    const draft = applyAll(old, [
      { do: "move", places: { day7: { x: 124, y: 64 } } },
      { do: "remove", ids: ["recommend"] },
    ]);
    expect(withGhosts(draft, old).layout.recommend).toEqual({ x: 124, y: 200 });
  });
});

const change = (part: Partial<Change>): Change => ({
  node: "welcome",
  what: "step",
  change: "changed",
  name: "",
  words: { zh: "", en: "" },
  part_of: null,
  fields: [],
  ...part,
});

describe("differences", () => {
  it("mark each thing by the gravest of its changes, and an exit's step as changed", () => {
    const marks = marksOf([
      change({ change: "moved" }),
      change({}),
      change({ node: "day7", what: "exit", change: "removed" }),
      change({ node: "n1", what: "note" }),
      change({ node: "", what: "settings" }),
    ]);
    expect([...marks]).toEqual([
      ["welcome", "changed"],
      ["day7", "changed"],
    ]);
  });

  it("are read stage by stage as drawn, the journey's own last", () => {
    const groups = byStage(
      [
        change({ node: "", what: "settings" }),
        change({ node: "a3", what: "arrow" }),
        change({ node: "groupbuy" }),
        change({ node: "in-1", what: "entry" }),
      ],
      before,
      before,
    );
    expect(groups.map((group) => group.stage)).toEqual(["trust", "first_order", "bought", null]);
  });

  it("tell an arrow that went with its step in the step's own line", () => {
    const lines = withCompany([
      change({ node: "recommend", change: "removed" }),
      change({ node: "a3", what: "arrow", change: "removed", part_of: "recommend" }),
      change({ node: "a4", what: "arrow", change: "added", part_of: "elsewhere" }),
    ]);
    expect(lines.map((line) => [line.change.node, line.company.length])).toEqual([
      ["recommend", 1],
      ["a4", 0],
    ]);
  });
});
