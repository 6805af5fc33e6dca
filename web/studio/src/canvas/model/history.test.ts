import { describe, expect, it } from "vitest";

import { beauty } from "../testing/journeys";
import { apply, CannotDo, removal, type Command } from "./commands";
import { isExitArrow, sources, isStageArrow, type Definition } from "./definition";
import { begin, commit, redo, undo, MERGE_MS } from "./history";
import { freshId } from "./ids";
import { find } from "./lookup";

/** Numbers that look random and are the same on every run. */
function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function anyCommand(d: Definition, roll: (sides: number) => number): Command {
  const pick = <T>(list: readonly T[]): T | undefined => list[roll(list.length)];
  const stage = pick(d.stages)?.id ?? "none";
  const step = pick(d.steps)?.id ?? "none";
  const target = pick([...d.stages, ...d.steps, ...d.ends])?.id ?? "none";
  const arrow = pick(d.arrows)?.id ?? "none";
  const commands: Command[] = [
    { do: "addStage", id: freshId(d, "stage"), name: "x", at: { x: roll(900), y: roll(900) } },
    {
      do: "addStep",
      id: freshId(d, "wait"),
      stage,
      kind: "wait",
      config: {},
      at: { x: roll(90), y: roll(900) },
    },
    {
      do: "insertStepIntoArrow",
      arrow,
      id: freshId(d, "tag"),
      kind: "tag",
      config: {},
      exit: "next",
      next: freshId(d, "a"),
      at: { x: 0, y: 10 },
      room: 100,
    },
    { do: "connectExit", id: freshId(d, "a"), from: step, exit: ["next", "failed"][roll(2)]!, to: target },
    { do: "addStageArrow", id: freshId(d, "a"), from: stage, on: { type: "done" }, to: target },
    { do: "reconnect", id: arrow, to: target },
    { do: "moveStepToStage", id: step, stage },
    { do: "remove", ids: [pick([stage, step, arrow])!] },
    { do: "reorderArrows", id: arrow, before: pick(d.arrows)?.id ?? null },
    { do: "move", places: { [stage]: { x: roll(99), y: roll(99) } } },
    { do: "setConfig", id: step, config: { n: roll(9) }, exits: ["next"] },
  ];
  return pick(commands)!;
}

/** What must be true of every definition that commands can make. */
function expectWhole(d: Definition): void {
  const ids = [d.stages, d.steps, d.arrows, d.ends, d.entries, d.goals, d.notes].flatMap((list) =>
    list.map((one) => one.id),
  );
  expect(new Set(ids).size).toBe(ids.length);
  for (const step of d.steps) expect(find(d, step.stage)?.is).toBe("stage");
  for (const stage of d.stages) {
    if (stage.initial) expect(d.steps.find((step) => step.id === stage.initial)?.stage).toBe(stage.id);
  }
  for (const arrow of d.arrows) {
    expect(["stage", "step", "end"]).toContain(find(d, arrow.to)?.is);
    if (isExitArrow(arrow)) expect(find(d, arrow.from)?.is).toBe("step");
    if (isStageArrow(arrow)) for (const from of sources(arrow)) expect(find(d, from)?.is).toBe("stage");
  }
  const exits = d.arrows.filter(isExitArrow).map((arrow) => `${arrow.from}:${arrow.exit}`);
  expect(new Set(exits).size).toBe(exits.length);
  for (const entry of d.entries) expect(["stage", "step"]).toContain(find(d, entry.to)?.is);
}

describe("any sequence of edits", () => {
  it.each(Array.from({ length: 40 }, (_, n) => n + 1))(
    "seed %i stays whole, and undo walks back through the very same objects",
    (seed) => {
      const roll = dice(seed * 7919);
      let history = begin(beauty());
      const seen = [history.present];
      for (let n = 0; n < 40; n += 1) {
        const command = anyCommand(history.present, roll);
        let next: Definition;
        try {
          next = apply(history.present, command);
        } catch (refused) {
          expect(refused).toBeInstanceOf(CannotDo);
          continue;
        }
        expectWhole(next);
        if (next !== history.present) seen.push(next);
        history = commit(history, next, { label: command.do });
      }
      for (const definition of [...seen].reverse()) {
        expect(history.present).toBe(definition);
        history = undo(history);
      }
      for (const definition of seen.slice(1)) {
        history = redo(history);
        expect(history.present).toBe(definition);
      }
    },
  );

  it("what a removal tells is what goes", () => {
    const d = beauty();
    for (const id of ["trust", "first_order", "bought", "welcome", "day7", "lost", "a2", "in-1"]) {
      const told = removal(d, [id]);
      const after = apply(d, { do: "remove", ids: [id] });
      expect(d.arrows.length - after.arrows.length).toBe(told.arrows.length);
      expect(d.steps.length - after.steps.length).toBe(told.steps.length);
      expect(d.entries.length - after.entries.length).toBe(told.entries.length);
    }
  });
});

describe("history", () => {
  const typed = (d: Definition, text: string) => apply(d, { do: "rename", id: "trust", name: text });

  it("takes typing into one field within a short time as one entry", () => {
    const start = begin(beauty());
    const how = { label: "rename", mergeKey: "name:trust" };
    const a = commit(start, typed(start.present, "建"), { ...how, at: 1000 });
    const b = commit(a, typed(a.present, "建立"), { ...how, at: 1400 });
    expect(undo(b).present).toBe(start.present);
    const c = commit(b, typed(b.present, "建立信"), { ...how, at: 1400 + MERGE_MS + 1 });
    expect(c.past).toHaveLength(2);
  });

  it("a new edit after undo drops what could be redone", () => {
    const start = begin(beauty());
    const one = commit(start, typed(start.present, "a"), { label: "rename" });
    const other = commit(undo(one), typed(start.present, "b"), { label: "rename" });
    expect(redo(other)).toBe(other);
  });

  it("an edit that changes nothing is no entry", () => {
    const start = begin(beauty());
    expect(
      commit(start, apply(start.present, { do: "rename", id: "trust", name: "T+0 建信任" }), { label: "x" }),
    ).toBe(start);
  });
});
