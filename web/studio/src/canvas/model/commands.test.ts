import { describe, expect, it } from "vitest";

import { beauty } from "../testing/journeys";
import { copy, readClip } from "./clip";
import { CannotDo, COMMAND_NAMES, apply, applyAll, removal, type Command } from "./commands";
import { isExitArrow, type Definition } from "./definition";
import { begin, commit, redo, undo } from "./history";
import { find } from "./lookup";

const arrow = (d: Definition, id: string) => d.arrows.find((one) => one.id === id);
const stage = (d: Definition, id: string) => d.stages.find((one) => one.id === id)!;

/** One example of every command; each must change the beauty journey. */
const examples: Command[] = [
  { do: "addStage", id: "stage-1", name: "沉睡", at: { x: 900.4, y: 10 } },
  { do: "setStage", id: "trust", set: { stay: true, anchor: "entered_journey" } },
  { do: "addStep", id: "wait-1", stage: "trust", kind: "wait", config: {}, at: { x: 24, y: 200 } },
  { do: "insertStepIntoArrow", arrow: "a3", id: "tag-1", kind: "tag", config: {}, exit: "next", next: "a-9" },
  { do: "setConfig", id: "day7", config: { until: { for: "P1D" } } },
  { do: "setStep", id: "day7", set: { name: "第七天" } },
  { do: "moveStepToStage", id: "recommend", stage: "trust", at: { x: 24, y: 300 } },
  { do: "connectExit", id: "a-9", from: "welcome", exit: "sent", to: "lost" },
  { do: "addStageArrow", id: "a-9", from: "first_order", on: { type: "done" }, to: "bought" },
  { do: "reconnect", id: "a1", to: "bought" },
  { do: "setArrow", id: "a2", set: { where: { combinator: "and", rules: [] } } },
  { do: "reorderArrows", id: "a2", before: "a1" },
  { do: "addEnd", id: "end-1", name: "转化", result: "converted" },
  { do: "setEnd", id: "lost", set: { result: "expired" } },
  { do: "addEntry", id: "in-2", on: { type: "hand" }, to: "trust" },
  { do: "setEntry", id: "in-1", set: { to: "first_order" } },
  { do: "addGoal", goal: { id: "g2", name: "复购", event: "order_paid" } },
  { do: "setGoal", id: "g1", set: { within: undefined } },
  { do: "setSettings", set: { holdout_percent: 10 } },
  { do: "setSubject", subject: "group" },
  { do: "addNote", id: "note-1", text: "记得", at: { x: 1, y: 2 } },
  { do: "setNote", id: "n1", text: "改" },
  { do: "rename", id: "trust", name: "建立信任" },
  { do: "move", places: { trust: { x: 80, y: 0 }, n1: { x: 8, y: 8 } } },
  { do: "remove", ids: ["trust"] },
  { do: "paste", clip: copy(beauty(), ["bought"])!, by: { x: 40, y: 40 } },
];

describe("every command", () => {
  it("has an example here", () => {
    expect(new Set(examples.map((one) => one.do))).toEqual(new Set(COMMAND_NAMES));
  });

  it.each(examples)("$do changes a copy, and undo gives the very same object back", (command) => {
    const before = beauty();
    const kept = structuredClone(before);
    const after = apply(before, command);
    expect(after).not.toEqual(before);
    expect(before).toEqual(kept);
    const history = commit(begin(before), after, { label: command.do });
    expect(undo(history).present).toBe(before);
    expect(redo(undo(history)).present).toBe(after);
  });

  it("leaves what it does not touch as the same object, so that nothing else is drawn again", () => {
    const before = beauty();
    const after = apply(before, { do: "setConfig", id: "day7", config: {} });
    expect(after.stages).toBe(before.stages);
    expect(after.steps[0]).toBe(before.steps[0]);
  });

  it("refuses with a reason and changes nothing", () => {
    expect(() => apply(beauty(), { do: "addStage", id: "trust", name: "again" })).toThrow(CannotDo);
    expect(() => apply(beauty(), { do: "reconnect", id: "a1", to: "nowhere" })).toThrow("no-such-target");
    expect(() => apply(beauty(), { do: "setEntry", id: "in-1", set: { to: "lost" } })).toThrow(
      "no-such-target",
    );
  });
});

describe("steps", () => {
  it("the first step of a stage becomes where it begins", () => {
    const d = applyAll(beauty(), [
      { do: "addStage", id: "s", name: "新" },
      { do: "addStep", id: "wait-1", stage: "s", kind: "wait", config: {} },
    ]);
    expect(stage(d, "s").initial).toBe("wait-1");
  });

  it("adding behind an exit replaces the arrow that left it", () => {
    const d = apply(beauty(), {
      do: "addStep",
      id: "tag-1",
      stage: "bought",
      kind: "tag",
      config: {},
      after: { arrow: "a-9", step: "day7", exit: "next" },
    });
    expect(arrow(d, "a3")).toBeUndefined();
    expect(arrow(d, "a-9")).toMatchObject({ from: "day7", exit: "next", to: "tag-1" });
  });

  it("inserting into an arrow keeps the arrow's id on its first half and makes room below", () => {
    const placed = apply(beauty(), {
      do: "move",
      places: { day7: { x: 24, y: 64 }, recommend: { x: 24, y: 184 } },
    });
    const d = apply(placed, {
      do: "insertStepIntoArrow",
      arrow: "a3",
      id: "tag-1",
      kind: "tag",
      config: {},
      exit: "next",
      next: "a-9",
      at: { x: 24, y: 184 },
      room: 120,
    });
    expect(arrow(d, "a3")).toMatchObject({ from: "day7", to: "tag-1" });
    expect(arrow(d, "a-9")).toMatchObject({ from: "tag-1", exit: "next", to: "recommend" });
    expect(d.layout.recommend).toEqual({ x: 24, y: 304 });
    expect(d.steps.find((step) => step.id === "tag-1")?.stage).toBe("bought");
  });

  it("an exit that the settings no longer name takes its arrow along", () => {
    const d = apply(beauty(), { do: "setConfig", id: "day7", config: {}, exits: ["other"] });
    expect(arrow(d, "a3")).toBeUndefined();
  });

  it("a step that leaves its stage hands the beginning to the step behind it", () => {
    const d = apply(beauty(), { do: "moveStepToStage", id: "day7", stage: "trust" });
    expect(stage(d, "bought").initial).toBe("recommend");
    expect(stage(d, "trust").initial).toBe("welcome");
  });
});

describe("removing", () => {
  it("a step closes the gap: what led to it leads on to what was behind it", () => {
    const d = applyAll(beauty(), [
      {
        do: "insertStepIntoArrow",
        arrow: "a3",
        id: "tag-1",
        kind: "tag",
        config: {},
        exit: "next",
        next: "a-9",
      },
      { do: "remove", ids: ["tag-1"] },
    ]);
    expect(arrow(d, "a3")).toMatchObject({ from: "day7", to: "recommend" });
    expect(d.arrows).toHaveLength(4);
  });

  it("a stage's first step hands the beginning on", () => {
    const d = apply(beauty(), { do: "remove", ids: ["day7"] });
    expect(stage(d, "bought").initial).toBe("recommend");
    expect(arrow(d, "a3")).toBeUndefined();
  });

  it("a stage takes its steps, arrows and entries, and leaves lists that name it", () => {
    const told = removal(beauty(), ["trust"]);
    expect(told).toMatchObject({ stages: ["trust"], steps: ["welcome"], arrows: ["a1"], entries: ["in-1"] });
    const d = apply(beauty(), { do: "remove", ids: ["trust"] });
    expect(arrow(d, "a2")).toMatchObject({ from: ["first_order", "bought"] });
    expect(Object.keys(d.layout)).toEqual([]);
    expect(find(d, "welcome")).toBeUndefined();
  });

  it("never leaves a step that leads to itself", () => {
    const loop = applyAll(beauty(), [
      { do: "connectExit", id: "a-8", from: "recommend", exit: "sent", to: "day7" },
      { do: "remove", ids: ["recommend"] },
    ]);
    expect(loop.arrows.filter(isExitArrow)).toEqual([]);
  });
});

describe("copying", () => {
  it("gives fresh ids, keeps the arrows inside and drops those that leave", () => {
    const clip = copy(beauty(), ["bought"])!;
    expect(clip.steps.map((step) => step.id)).toEqual(["day7", "recommend"]);
    const d = apply(beauty(), { do: "paste", clip: readClip(JSON.stringify(clip))!, by: { x: 40, y: 40 } });
    const ids = [...d.stages, ...d.steps, ...d.arrows, ...d.ends].map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
    const pasted = d.stages.at(-1)!;
    const inside = d.steps.filter((step) => step.stage === pasted.id);
    expect(inside).toHaveLength(2);
    expect(pasted.initial).toBe(inside[0]!.id);
    expect(d.arrows.filter((one) => one.from === inside[0]!.id)).toHaveLength(1);
  });

  it("puts single steps into the stage that is asked for", () => {
    const d = apply(beauty(), {
      do: "paste",
      clip: copy(beauty(), ["day7"])!,
      by: { x: 0, y: 0 },
      stage: "trust",
    });
    expect(d.steps.at(-1)).toMatchObject({ stage: "trust", kind: "wait" });
  });

  it("reads nothing but its own format", () => {
    expect(readClip("hello")).toBeNull();
    expect(readClip('{"format":"roadbook/clip-1"}')).toBeNull();
  });
});
