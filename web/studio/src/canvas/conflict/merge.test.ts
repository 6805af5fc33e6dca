import { describe, expect, it } from "vitest";

import { applyAll, type Command } from "../model/commands";
import type { Definition } from "../model/definition";
import { find, findStage, findStep } from "../model/lookup";
import { beauty } from "../testing/journeys";
import { merge, ordered, settingKey, type Side } from "./merge";
import { pruned, same } from "./units";

const base = beauty();
const edited = (...commands: Command[]) => applyAll(base, commands);
const merged = (theirs: Definition, mine: Definition, choices: Record<string, Side> = {}) =>
  merge(base, theirs, mine).result(choices).definition;
const arrowIds = (definition: Definition) => definition.arrows.map((arrow) => arrow.id);

const renameTheirs = edited({ do: "rename", id: "welcome", name: "她改的" });
const renameMine = edited({ do: "rename", id: "welcome", name: "我改的" });
const addStep = (id: string, stage: string, name: string): Command => ({
  do: "addStep",
  id,
  stage,
  kind: "wait",
  name,
  config: { until: { for: "P1D" } },
});

describe("merging what different hands touched", () => {
  it("takes nothing and asks nothing when neither has changed anything", () => {
    const all = merge(base, base, base);
    expect(all.settled).toEqual([]);
    expect(all.conflicts).toEqual([]);
    expect(same(all.result({}).definition, base)).toBe(true);
  });

  it("takes theirs when only they changed it", () => {
    const all = merge(base, renameTheirs, base);
    expect(all.conflicts).toEqual([]);
    expect(findStep(all.result({}).definition, "welcome")?.name).toBe("她改的");
  });

  it("takes mine when only I changed it", () => {
    expect(findStep(merged(base, renameMine), "welcome")?.name).toBe("我改的");
  });

  it("takes both when they touched different nodes", () => {
    const mine = edited({ do: "setConfig", id: "day7", config: { until: { for: "P3D" } } });
    const all = merge(base, renameTheirs, mine);
    expect(all.conflicts).toEqual([]);
    const { definition } = all.result({});
    expect(findStep(definition, "welcome")?.name).toBe("她改的");
    expect(findStep(definition, "day7")?.config).toEqual({ until: { for: "P3D" } });
    expect(all.settled.map(({ id, theirs, mine: my }) => [id, theirs, my])).toEqual([
      ["welcome", "changed", null],
      ["day7", null, "changed"],
    ]);
  });

  it("is content when both did the same", () => {
    const all = merge(base, renameMine, renameMine);
    expect(all.conflicts).toEqual([]);
    expect(findStep(all.result({}).definition, "welcome")?.name).toBe("我改的");
  });

  it("is content when both removed the same", () => {
    const removed = edited({ do: "remove", ids: ["recommend"] });
    const all = merge(base, removed, removed);
    expect(all.conflicts).toEqual([]);
    expect(findStep(all.result({}).definition, "recommend")).toBeUndefined();
  });

  it("takes new steps of both sides, each behind its neighbour", () => {
    const theirs = edited(addStep("t-1", "trust", "她加的"));
    const mine = edited(addStep("m-1", "first_order", "我加的"));
    const result = merged(theirs, mine);
    expect(findStep(result, "t-1")?.stage).toBe("trust");
    expect(findStep(result, "m-1")?.stage).toBe("first_order");
  });

  it("keeps an arrow that one side added beside a rename by the other", () => {
    const mine = edited({ do: "connectExit", id: "a9", from: "welcome", exit: "sent", to: "lost" });
    expect(arrowIds(merged(renameTheirs, mine))).toContain("a9");
  });

  it("removes what one side removed and the other left alone", () => {
    const theirs = edited({ do: "remove", ids: ["groupbuy"] });
    const result = merged(theirs, renameMine);
    expect(findStep(result, "groupbuy")).toBeUndefined();
    expect(findStep(result, "welcome")?.name).toBe("我改的");
    expect(findStage(result, "first_order")?.initial).toBeUndefined();
  });
});

describe("merging what both touched", () => {
  it("asks, and does as is chosen", () => {
    const all = merge(base, renameTheirs, renameMine);
    expect(all.conflicts).toMatchObject([{ id: "welcome", because: "both-changed" }]);
    expect(findStep(all.result({ welcome: "theirs" }).definition, "welcome")?.name).toBe("她改的");
    expect(findStep(all.result({ welcome: "mine" }).definition, "welcome")?.name).toBe("我改的");
  });

  it("keeps mine as long as nothing is chosen", () => {
    expect(findStep(merged(renameTheirs, renameMine), "welcome")?.name).toBe("我改的");
  });

  it("asks when one removed what the other changed", () => {
    const theirs = edited({ do: "remove", ids: ["welcome"] });
    const all = merge(base, theirs, renameMine);
    expect(all.conflicts).toMatchObject([{ id: "welcome", theirs: "removed", mine: "changed" }]);
    expect(findStep(all.result({ welcome: "theirs" }).definition, "welcome")).toBeUndefined();
    expect(findStep(all.result({ welcome: "mine" }).definition, "welcome")?.name).toBe("我改的");
  });

  it("asks for an arrow that both led elsewhere", () => {
    const theirs = edited({ do: "reconnect", id: "a1", to: "bought" });
    const mine = edited({ do: "reconnect", id: "a1", to: "lost" });
    const all = merge(base, theirs, mine);
    expect(all.conflicts.map((one) => one.id)).toEqual(["a1"]);
    const { definition } = all.result({ a1: "theirs" });
    expect(definition.arrows.find((arrow) => arrow.id === "a1")?.to).toBe("bought");
  });

  it("asks for a setting that both changed, and merges the others", () => {
    const theirs = edited({ do: "setSettings", set: { timezone: "Asia/Tokyo", holdout_percent: 10 } });
    const mine = edited({ do: "setSettings", set: { timezone: "Europe/Paris" } });
    const all = merge(base, theirs, mine);
    expect(all.settings).toEqual(["timezone"]);
    const settings = all.result({ [settingKey("timezone")]: "theirs" }).definition.settings;
    expect(settings).toMatchObject({ timezone: "Asia/Tokyo", holdout_percent: 10 });
    expect(all.result({}).definition.settings.timezone).toBe("Europe/Paris");
  });
});

describe("merging what hangs together", () => {
  const theirsRemoved = edited({ do: "remove", ids: ["recommend"] });
  const myArrow = edited({ do: "connectExit", id: "a9", from: "welcome", exit: "sent", to: "recommend" });

  it("asks when I led an arrow to what they removed", () => {
    const all = merge(base, theirsRemoved, myArrow);
    expect(all.conflicts).toMatchObject([{ id: "recommend", because: "still-needed", needed: ["a9"] }]);
  });

  it("keeps the removed step with its own arrows when mine is chosen", () => {
    const { definition, dropped } = merge(base, theirsRemoved, myArrow).result({ recommend: "mine" });
    expect(findStep(definition, "recommend")).toBeTruthy();
    expect(arrowIds(definition)).toEqual(expect.arrayContaining(["a3", "a9"]));
    expect(dropped).toEqual([]);
  });

  it("drops my arrow and says so when theirs is chosen", () => {
    const { definition, dropped } = merge(base, theirsRemoved, myArrow).result({ recommend: "theirs" });
    expect(findStep(definition, "recommend")).toBeUndefined();
    expect(arrowIds(definition)).not.toContain("a9");
    expect(dropped).toEqual(["a9"]);
  });

  it("asks when they removed a stage into which I put a step", () => {
    const theirs = edited({ do: "remove", ids: ["first_order"] });
    const mine = edited(addStep("m-1", "first_order", "我加的"));
    const all = merge(base, theirs, mine);
    expect(all.conflicts).toMatchObject([{ id: "first_order", because: "still-needed", needed: ["m-1"] }]);
    const kept = all.result({ first_order: "mine" }).definition;
    expect(findStage(kept, "first_order")).toBeTruthy();
    expect(findStep(kept, "groupbuy")).toBeTruthy();
    expect(findStep(kept, "m-1")).toBeTruthy();
    const { definition, dropped } = all.result({ first_order: "theirs" });
    expect(findStep(definition, "m-1")).toBeUndefined();
    expect(dropped).toContain("m-1");
  });

  it("asks the same when it is I who removed it", () => {
    const mine = edited({ do: "remove", ids: ["first_order"] });
    const theirs = edited(addStep("t-1", "first_order", "她加的"));
    const all = merge(base, theirs, mine);
    expect(all.conflicts).toMatchObject([{ id: "first_order", mine: "removed", needed: ["t-1"] }]);
    expect(findStep(all.result({ first_order: "theirs" }).definition, "t-1")).toBeTruthy();
    expect(findStep(all.result({ first_order: "mine" }).definition, "t-1")).toBeUndefined();
  });

  it("lets one exit have one arrow when both led it somewhere", () => {
    const theirs = edited({ do: "connectExit", id: "a7", from: "welcome", exit: "sent", to: "bought" });
    const mine = edited({ do: "connectExit", id: "a8", from: "welcome", exit: "sent", to: "lost" });
    const all = merge(base, theirs, mine);
    expect(all.conflicts).toMatchObject([{ id: "a8", because: "same-exit", needed: ["a7"] }]);
    const from = (side: Side) =>
      all
        .result({ a8: side })
        .definition.arrows.filter((arrow) => arrow.from === "welcome")
        .map((arrow) => arrow.id);
    expect(from("mine")).toEqual(["a8"]);
    expect(from("theirs")).toEqual(["a7"]);
  });

  it("lets one exit have one arrow also where an older one was led elsewhere", () => {
    const theirs = applyAll(base, [
      { do: "remove", ids: ["a3"] },
      { do: "connectExit", id: "a7", from: "day7", exit: "next", to: "lost" },
    ]);
    const mine = edited({ do: "reconnect", id: "a3", to: "welcome" });
    for (const [side, kept] of [
      ["mine", "a3"],
      ["theirs", "a7"],
    ] as const) {
      const out = merged(theirs, mine, { a3: side }).arrows.filter((arrow) => arrow.from === "day7");
      expect(out.map((arrow) => arrow.id)).toEqual([kept]);
    }
  });

  it("gives mine another id when both numbered something new alike", () => {
    const theirs = edited(addStep("wait-1", "trust", "她的"), {
      do: "connectExit",
      id: "a-1",
      from: "wait-1",
      exit: "next",
      to: "lost",
    });
    const mine = edited(addStep("wait-1", "bought", "我的"), {
      do: "connectExit",
      id: "a-1",
      from: "wait-1",
      exit: "next",
      to: "day7",
    });
    const all = merge(base, theirs, mine);
    expect(all.conflicts).toEqual([]);
    const { definition } = all.result({});
    expect(findStep(definition, "wait-1")?.name).toBe("她的");
    expect(findStep(definition, "wait-2")).toMatchObject({ name: "我的", stage: "bought" });
    expect(definition.arrows.find((arrow) => arrow.from === "wait-2")?.to).toBe("day7");
    expect(definition.arrows.find((arrow) => arrow.from === "wait-1")?.to).toBe("lost");
    expect(definition.layout["wait-2"]).toEqual(mine.layout["wait-1"]);
  });

  it("never leaves anything hanging in the air", () => {
    const theirs = edited({ do: "remove", ids: ["bought"] }, { do: "remove", ids: ["lost"] });
    const mine = edited(addStep("m-1", "bought", "我加的"), {
      do: "connectExit",
      id: "a9",
      from: "m-1",
      exit: "next",
      to: "lost",
    });
    for (const bought of ["mine", "theirs"] as const) {
      for (const lost of ["mine", "theirs"] as const) {
        const { definition } = merge(base, theirs, mine).result({ bought, lost });
        expect(pruned(definition).dropped).toEqual([]);
        for (const arrow of definition.arrows) expect(find(definition, arrow.to)).toBeTruthy();
      }
    }
  });
});

describe("places and order", () => {
  it("takes the place from whoever moved it, and mine when both did", () => {
    const theirs = edited({ do: "move", places: { trust: { x: 10, y: 0 }, bought: { x: 1, y: 1 } } });
    const mine = edited({ do: "move", places: { trust: { x: 99, y: 0 } } });
    const { layout } = merged(theirs, mine);
    expect(layout.trust).toMatchObject({ x: 99 });
    expect(layout.bought).toMatchObject({ x: 1 });
    expect(merge(base, theirs, mine).conflicts).toEqual([]);
  });

  it("keeps the order of asking that one side has changed", () => {
    const theirs = edited({ do: "reorderArrows", id: "a2", before: "a1" });
    const mine = edited({ do: "connectExit", id: "a9", from: "welcome", exit: "sent", to: "lost" });
    const order = arrowIds(merged(theirs, mine));
    expect(order.indexOf("a2")).toBeLessThan(order.indexOf("a1"));
    expect(order).toContain("a9");
  });

  it.each([
    [
      ["a", "b"],
      ["a", "b", "t"],
      ["a", "b", "m"],
    ],
    [
      ["a", "b"],
      ["b", "a"],
      ["a", "b", "m"],
    ],
    [
      ["a", "b"],
      ["a", "t", "b"],
      ["b", "a"],
    ],
    [["a", "b"], [], []],
  ])("has every id of %j, %j and %j once", (was, theirs, mine) => {
    const order = ordered(was, theirs, mine);
    expect([...order].sort()).toEqual([...new Set([...was, ...theirs, ...mine])].sort());
  });

  it("puts what the other added behind its neighbour", () => {
    expect(ordered(["a", "b", "c"], ["a", "t", "b", "c"], ["a", "b", "c", "m"])).toEqual([
      "a",
      "t",
      "b",
      "c",
      "m",
    ]);
    expect(ordered(["a", "b"], ["b", "t", "a"], ["a", "m", "b"])).toEqual(["b", "t", "a", "m"]);
  });
});

describe("sameness", () => {
  it.each([
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: null }, {}, false],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [{ a: { b: 1 } }, { a: { b: 1 } }, true],
    [[], {}, false],
  ])("of %j and %j is %s", (a, b, is) => {
    expect(same(a, b)).toBe(is);
  });
});
