import { describe, expect, it } from "vitest";

import { apply, applyAll } from "../model/commands";
import type { Definition } from "../model/definition";
import { bounds, boxOf, contains, hit, overlaps, stageAt, type Box } from "../model/geometry";
import { plainNames } from "../model/words/names";
import { beauty, large } from "../testing/journeys";
import { catalogue } from "../testing/kinds";
import { layoutAll, layoutStage, missingPlaces } from "./layout";
import { chipSpot, corners, roundedPath } from "./path";
import { ANY_NODE } from "./plan";
import { placeOn, sceneOf, stepNear } from "./scene";
import { sizesFor } from "./sizes";
import { flowDrawer } from "./toFlow";
import type { StepFlowNode } from "./types";

const names = plainNames("zh");
const view = { catalogue, names };
const sizes = (d: Definition) => sizesFor(d, catalogue, "zh");
const laidOut = (d: Definition) => apply(d, { do: "move", places: layoutAll(d, sizes(d)) });

describe("toFlow", () => {
  it("draws every stage, step, entry, end and note once, parents before children", () => {
    const d = laidOut(beauty());
    const { nodes, edges } = flowDrawer()(d, view);
    expect(nodes.map((node) => node.id).sort()).toEqual(
      [
        "trust",
        "first_order",
        "bought",
        "welcome",
        "groupbuy",
        "day7",
        "recommend",
        "in-1",
        "lost",
        "n1",
        ANY_NODE,
      ].sort(),
    );
    for (const node of nodes) {
      if (node.parentId)
        expect(nodes.findIndex((one) => one.id === node.parentId)).toBeLessThan(nodes.indexOf(node));
    }
    // One line per source of the list arrow, one for each other arrow and entry.
    expect(edges.map((edge) => edge.id).sort()).toEqual(
      ["a1@trust", "a2@bought", "a2@first_order", "a2@trust", "a3", "a4", "in-1>"].sort(),
    );
  });

  it("every line starts and ends at a dot that its cards really have", () => {
    for (const d of [laidOut(beauty()), laidOut(large(6, 12))]) {
      const { nodes, edges } = flowDrawer()(d, view);
      for (const edge of edges) {
        const dots = (id: string) =>
          nodes.find((node) => node.id === id)!.data.points.map((point) => point.id);
        expect(dots(edge.source)).toContain(edge.sourceHandle);
        expect(dots(edge.target)).toContain(edge.targetHandle);
      }
    }
  });

  it("numbers the arrows of each stage in the order in which they are asked", () => {
    const { edges } = flowDrawer()(laidOut(beauty()), view);
    const orders = edges
      .filter((edge) => edge.source === "trust")
      .map((edge) => [edge.id, edge.data.chip?.order]);
    expect(orders).toEqual([
      ["a1@trust", 1],
      ["a2@trust", 2],
    ]);
  });

  it("moving one step gives a new object for that step alone", () => {
    const draw = flowDrawer();
    const d = laidOut(large(4, 10));
    const before = draw(d, view);
    const at = d.layout["step-2-4"]!;
    const after = draw(apply(d, { do: "move", places: { "step-2-4": { x: at.x + 8, y: at.y } } }), view);
    const changed = after.nodes.filter((node, n) => node !== before.nodes[n]).map((node) => node.id);
    expect(changed).toContain("step-2-4");
    expect(changed.filter((id) => id !== "step-2-4" && id !== "stage-2")).toEqual([]);
  });

  it("drawing the same definition again gives the very same lists", () => {
    const draw = flowDrawer();
    const d = laidOut(beauty());
    const first = draw(d, view);
    const second = draw(d, view);
    expect(second.nodes).toBe(first.nodes);
    expect(second.edges).toBe(first.edges);
  });

  it("a change of settings redraws that card with its new sentence", () => {
    const draw = flowDrawer();
    const d = laidOut(beauty());
    const before = draw(d, view);
    const after = draw(apply(d, { do: "setConfig", id: "day7", config: { until: { for: "PT2H" } } }), view);
    const changed = after.nodes.filter((node) => !before.nodes.includes(node));
    expect(changed.map((node) => node.id)).toEqual(["day7"]);
    expect((changed[0] as StepFlowNode).data.sentence).toBe("2 小时后");
  });
});

describe("layout", () => {
  const boxes = (d: Definition, ids: string[]): [string, Box][] =>
    ids.map((id) => [id, boxOf(d, id, sizes(d))!]);

  it.each([
    ["beauty", beauty()],
    ["60 steps", large(6, 10)],
  ])("%s: nothing lies upon anything else", (_name, raw) => {
    const d = laidOut(raw);
    const outer = boxes(
      d,
      [...d.stages, ...d.ends, ...d.entries].map((one) => one.id),
    );
    for (const [a, boxA] of outer)
      for (const [b, boxB] of outer) if (a < b) expect([a, b, overlaps(boxA, boxB)]).toEqual([a, b, false]);
    for (const stage of d.stages) {
      const inner = boxes(
        d,
        d.steps.filter((step) => step.stage === stage.id).map((step) => step.id),
      );
      const frame = boxOf(d, stage.id, sizes(d))!;
      for (const [a, boxA] of inner) {
        expect(contains(frame, boxA) && contains(frame, { x: boxA.x + boxA.w, y: boxA.y + boxA.h })).toBe(
          true,
        );
        for (const [b, boxB] of inner) if (a < b) expect([a, b, overlaps(boxA, boxB)]).toEqual([a, b, false]);
      }
    }
  });

  it("an end that stands in a stage's column lies below it", () => {
    const d = laidOut(
      applyAll(large(3, 6), [
        { do: "addStageArrow", id: "x", from: "stage-2", on: { type: "done" }, to: "lost" },
        { do: "addStageArrow", id: "y", from: "stage-1", on: { type: "done" }, to: "lost" },
      ]),
    );
    const end = boxOf(d, "lost", sizes(d))!;
    for (const stage of d.stages) expect(overlaps(end, boxOf(d, stage.id, sizes(d))!)).toBe(false);
  });

  it("time runs to the right over stages and down over steps", () => {
    const d = laidOut(large(4, 6));
    const x = d.stages.map((stage) => d.layout[stage.id]!.x);
    expect(x).toEqual([...x].sort((a, b) => a - b));
    const inner = layoutStage(d, "stage-1", sizes(d)).places;
    const y = d.steps.filter((step) => step.stage === "stage-1").map((step) => inner[step.id]!.y);
    expect(y).toEqual([...y].sort((a, b) => a - b));
  });

  it("a loop back to the first step keeps the first step on top", () => {
    const d = applyAll(laidOut(large(1, 4)), [
      { do: "connectExit", id: "loop", from: "step-1-4", exit: "next", to: "step-1-1" },
    ]);
    const { places } = layoutStage(d, "stage-1", sizes(d));
    expect(places["step-1-1"]!.y).toBeLessThan(places["step-1-2"]!.y);
  });

  it("leaves what the author placed, and finds a place for the rest", () => {
    const d = beauty();
    const places = missingPlaces(d, sizes(d))!;
    expect(places.trust).toBeUndefined();
    expect(places.bought!.x).toBeGreaterThan(320);
    expect(missingPlaces(laidOut(d), sizes(d))).toBeNull();
  });
});

describe("hit tests", () => {
  it("finds the step before its stage, and the stage behind the step", () => {
    const d = laidOut(beauty());
    const box = boxOf(d, "welcome", sizes(d))!;
    const middle = { x: box.x + box.w / 2, y: box.y + box.h / 2 };
    expect(hit(d, middle, sizes(d))).toBe("welcome");
    expect(stageAt(d, middle, sizes(d))).toBe("trust");
    const all = bounds(d.stages.map((stage) => boxOf(d, stage.id, sizes(d))!))!;
    expect(hit(d, { x: all.x - 500, y: all.y - 500 }, sizes(d))).toBeNull();
  });
});

describe("lines", () => {
  it("keep to right angles and start and end where they should", () => {
    const d = laidOut(large(5, 8));
    const { nodes, edges } = flowDrawer()(d, view);
    const at = (id: string, dot: string) => {
      const node = nodes.find((one) => one.id === id)!;
      const parent = node.parentId ? d.layout[node.parentId]! : { x: 0, y: 0 };
      const point = node.data.points.find((one) => one.id === dot)!;
      return { x: parent.x + node.position.x + point.x, y: parent.y + node.position.y + point.y };
    };
    for (const edge of edges) {
      const from = at(edge.source, edge.sourceHandle);
      const to = at(edge.target, edge.targetHandle);
      const points = corners(from, to, edge.data.route);
      expect(points[0]).toEqual(from);
      expect(points.at(-1)).toEqual(to);
      for (let n = 1; n < points.length; n += 1) {
        const straight =
          Math.abs(points[n]!.x - points[n - 1]!.x) < 0.5 || Math.abs(points[n]!.y - points[n - 1]!.y) < 0.5;
        expect([edge.id, n, straight]).toEqual([edge.id, n, true]);
      }
      expect(roundedPath(points)).not.toContain("NaN");
      expect(Number.isFinite(chipSpot(points, edge.data.route).x)).toBe(true);
    }
  });
});

describe("a step near a point", () => {
  const d = laidOut(beauty());
  const scene = sceneOf(flowDrawer()(d, view));
  const at = (id: string) => {
    const node = scene.byId.get(id)!;
    const { x, y } = placeOn(scene.byId, node);
    return { x, y, right: x + node.width, middle: { x: x + node.width / 2, y: y + node.height / 2 } };
  };

  it("is the one under it, else the nearest within reach, and only of that stage", () => {
    const welcome = at("welcome");
    expect(stepNear(scene, "trust", welcome.middle, 0)).toBe("welcome");
    expect(stepNear(scene, "trust", { x: welcome.right + 30, y: welcome.y }, 40)).toBe("welcome");
    expect(stepNear(scene, "trust", { x: welcome.right + 30, y: welcome.y }, 20)).toBeNull();
    expect(stepNear(scene, "bought", welcome.middle, 0)).toBeNull();
    expect(stepNear(scene, "bought", at("day7").middle, 2000)).toBe("day7");
  });
});
