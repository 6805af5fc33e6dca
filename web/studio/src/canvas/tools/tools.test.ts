import { describe, expect, it } from "vitest";

import { layoutAll } from "../flow/layout";
import { sizesFor } from "../flow/sizes";
import { applyAll, apply, type Command } from "../model/commands";
import { isExitArrow, type Definition, type Id, type Point } from "../model/definition";
import { boxOf } from "../model/geometry";
import { beauty } from "../testing/journeys";
import { catalogue } from "../testing/kinds";
import { handle } from ".";
import { IDLE, NOTHING_UNDER, type Desk, type ToolEvent, type ToolState } from "./types";

/** A desk over a definition: what a tool runs is applied, so that its effect can be looked at. */
function deskOn(start: Definition) {
  const seen = { definition: start, selected: [] as readonly Id[], said: "", runs: 0 };
  const desk: Desk = {
    get definition() {
      return seen.definition;
    },
    catalogue,
    lang: "zh",
    sizeOf: (id) => sizesFor(seen.definition, catalogue, "zh")(id),
    run(commands, then) {
      seen.definition = applyAll(seen.definition, [commands].flat() as Command[]);
      seen.selected = then?.select ?? [];
      seen.runs += 1;
    },
    select: (ids) => {
      seen.selected = ids;
    },
    say: (reason) => {
      seen.said = reason;
    },
  };
  const play = (...events: ToolEvent[]): ToolState =>
    events.reduce<ToolState>((state, event) => handle(state, event, desk), IDLE);
  return { seen, desk, play };
}

const drawn = (): Definition => {
  const d = beauty();
  return apply(d, { do: "move", places: layoutAll(d, sizesFor(d, catalogue, "zh")) });
};
const middle = (d: Definition, id: Id): Point => {
  const box = boxOf(d, id, sizesFor(d, catalogue, "zh"))!;
  return { x: box.x + box.w / 2, y: box.y + box.h / 2 };
};
const aim = (point: Point, under = NOTHING_UNDER): ToolEvent => ({
  type: "aim",
  point,
  screen: point,
  under,
});
const release = (point: Point, under = NOTHING_UNDER): ToolEvent => ({
  type: "release",
  point,
  screen: point,
  under,
});

describe("moving cards", () => {
  it("changes nothing before they are let go, and then once", () => {
    const { seen, play } = deskOn(drawn());
    const before = seen.definition;
    const moving = play({ type: "drag", moved: { bought: { x: 801, y: 13 } }, point: null });
    expect(moving.name).toBe("moving");
    expect(seen.definition).toBe(before);
    const { seen: after, play: again } = deskOn(before);
    const end = again(
      { type: "drag", moved: { bought: { x: 5, y: 5 } }, point: null },
      { type: "drag", moved: { bought: { x: 801, y: 13 } }, point: null },
      { type: "drop" },
    );
    expect(end).toBe(IDLE);
    expect(after.runs).toBe(1);
    expect(after.definition.layout.bought).toMatchObject({ x: 800, y: 16 });
  });

  it("hands a lone step over to the stage under the pointer", () => {
    const { seen, play } = deskOn(drawn());
    const goal = middle(seen.definition, "first_order");
    const from = seen.definition.layout.trust!;
    play(
      { type: "drag", moved: { welcome: { x: goal.x - from.x, y: goal.y - from.y } }, point: goal },
      { type: "drop" },
    );
    expect(seen.definition.steps.find((step) => step.id === "welcome")!.stage).toBe("first_order");
  });

  it("escape leaves everything as it was", () => {
    const { seen, play } = deskOn(drawn());
    expect(play({ type: "drag", moved: { bought: { x: 1, y: 1 } }, point: null }, { type: "cancel" })).toBe(
      IDLE,
    );
    expect(seen.runs).toBe(0);
  });
});

describe("drawing an arrow", () => {
  it("connects an exit to the card it is let go on", () => {
    const { seen, play } = deskOn(drawn());
    const goal = middle(seen.definition, "groupbuy");
    play({ type: "pull", start: { from: "exit", step: "welcome", exit: "sent" } }, aim(goal), release(goal));
    expect(seen.definition.arrows.at(-1)).toMatchObject({ from: "welcome", exit: "sent", to: "groupbuy" });
  });

  it("gives a stage's arrow a reason from the start", () => {
    const { seen, play } = deskOn(drawn());
    const goal = middle(seen.definition, "lost");
    play({ type: "pull", start: { from: "stage", stage: "trust" } }, release(goal));
    expect(seen.definition.arrows.at(-1)).toMatchObject({ from: "trust", to: "lost", on: { type: "after" } });
  });

  it("asks what comes next when let go over nothing", () => {
    const { play } = deskOn(drawn());
    const state = play(
      { type: "pull", start: { from: "stage", stage: "trust" } },
      release({ x: -900, y: -900 }),
    );
    expect(state).toMatchObject({ name: "picking", at: { x: -900, y: -900 } });
  });

  it("never leads an entry to an end", () => {
    const { seen, play } = deskOn(drawn());
    const goal = middle(seen.definition, "lost");
    const state = play({ type: "pull", start: { from: "entry", entry: "in-1" } }, aim(goal));
    expect(state).toMatchObject({ over: null });
  });
});

describe("rehanging an arrow", () => {
  it("moves its goal", () => {
    const { seen, play } = deskOn(drawn());
    play(
      { type: "unhook", arrow: "a1", end: "target", stage: "trust" },
      release(middle(seen.definition, "lost")),
    );
    expect(seen.definition.arrows.find((arrow) => arrow.id === "a1")).toMatchObject({ to: "lost" });
  });

  it("moves one of its stages and leaves the others", () => {
    const { seen, play } = deskOn(
      apply(drawn(), { do: "addStage", id: "s", name: "x", at: { x: -900, y: 0 } }),
    );
    play({ type: "unhook", arrow: "a2", end: "source", stage: "trust" }, release({ x: -800, y: 60 }));
    expect(seen.definition.arrows.find((arrow) => arrow.id === "a2")).toMatchObject({
      from: ["s", "first_order", "bought"],
    });
  });
});

describe("placing from the palette", () => {
  const send = { what: "step", kind: "send" } as const;

  it("puts a step into the stage and behind the free exit above it", () => {
    const { seen, play } = deskOn(drawn());
    const box = boxOf(seen.definition, "recommend", sizesFor(seen.definition, catalogue, "zh"))!;
    const point = { x: box.x + box.w / 2, y: box.y + box.h + 40 };
    const carrying = play({ type: "carry", plant: send, screen: point }, aim(point));
    expect(carrying).toMatchObject({
      soil: { on: "stage", stage: "bought", near: { step: "recommend", exit: "sent" } },
    });
    play({ type: "carry", plant: send, screen: point }, release(point));
    const added = seen.definition.steps.at(-1)!;
    expect(added).toMatchObject({ stage: "bought", kind: "send" });
    expect(seen.definition.arrows.at(-1)).toMatchObject({ from: "recommend", exit: "sent", to: added.id });
    expect(seen.selected).toEqual([added.id]);
  });

  it("cuts the arrow it is let go on", () => {
    const { seen, play } = deskOn(drawn());
    const point = middle(seen.definition, "day7");
    play(
      { type: "carry", plant: send, screen: point },
      release(point, { arrow: "a3", exit: null, canvas: true }),
    );
    const added = seen.definition.steps.at(-1)!.id;
    const chain = seen.definition.arrows.filter(isExitArrow).map((arrow) => [arrow.from, arrow.to]);
    expect(chain).toEqual([
      ["day7", added],
      [added, "recommend"],
    ]);
  });

  it("makes a stage around a step that is let go on the empty canvas", () => {
    const { seen, play } = deskOn(drawn());
    play({ type: "carry", plant: send, screen: { x: 0, y: 0 } }, release({ x: -2000, y: -2000 }));
    const stage = seen.definition.stages.at(-1)!;
    expect(seen.definition.steps.at(-1)).toMatchObject({ stage: stage.id });
    expect(stage.initial).toBe(seen.definition.steps.at(-1)!.id);
  });

  it("does nothing when let go beside the canvas", () => {
    const { seen, play } = deskOn(drawn());
    expect(
      play(
        { type: "carry", plant: send, screen: { x: 0, y: 0 } },
        release({ x: 0, y: 0 }, { ...NOTHING_UNDER, canvas: false }),
      ),
    ).toBe(IDLE);
    expect(seen.runs).toBe(0);
  });

  it.each(["stage", "end", "note", "any"] as const)("places a %s", (what) => {
    const { seen, play } = deskOn(drawn());
    play({ type: "carry", plant: { what }, screen: { x: 0, y: 0 } }, release({ x: -2000, y: -2000 }));
    expect(seen.runs).toBe(1);
  });

  it("gives every kind a whole beginning: its exits are there at once", () => {
    for (const kind of catalogue.items) {
      const { seen, play } = deskOn(drawn());
      play(
        { type: "carry", plant: { what: "step", kind: kind.kind }, screen: { x: 0, y: 0 } },
        release({ x: -2000, y: -2000 }),
      );
      const step = seen.definition.steps.at(-1)!;
      expect(step.kind).toBe(kind.kind);
      if (kind.exits === null)
        expect(Object.values(step.config).some((value) => Array.isArray(value) && value.length > 0)).toBe(
          true,
        );
    }
  });
});
