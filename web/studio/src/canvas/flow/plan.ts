/** The arrows of a definition with their ways: computed for the whole picture, before any card is made of it. */
import {
  ANY_STAGE,
  isExitArrow,
  sources,
  type Arrow,
  type Definition,
  type Id,
  type StageArrow,
} from "../model/definition";
import { anyBar, boxOf, type Box, type StepSizes } from "../model/geometry";
import { find, stageOf, stepsOf } from "../model/lookup";
import { IN, OUT, type AnchorPoint, type Side, type Slot } from "./anchors";
import { betweenStages, outOfStage, withinStage, type Lanes, type Route } from "./routes";

export interface PlannedArrow {
  key: string;
  arrow: Arrow | null;
  from: Id;
  sourceHandle: string;
  to: Id;
  route: Route;
  order: number | null;
  look: "stage" | "step" | "side" | "any" | "entry";
}

export interface Picture {
  arrows: PlannedArrow[];
  slots: ReadonlyMap<Id, Slot[]>;
  bar: { box: Box; points: AnchorPoint[] } | null;
}

const BAR_SPREAD = 168;
const BAR_MARGIN = 40;
/** The id of the bar's node; no id of a definition can look like it. */
export const ANY_NODE = ANY_STAGE;

export function plan(
  definition: Definition,
  sizeOf: StepSizes,
  sideExits: (step: Id) => ReadonlySet<string>,
): Picture {
  const boxes = new Map<Id, Box>();
  for (const list of [definition.stages, definition.steps, definition.ends, definition.entries]) {
    for (const one of list) {
      const box = boxOf(definition, one.id, sizeOf);
      if (box) boxes.set(one.id, box);
    }
  }
  const scene: Scene = {
    definition,
    boxes,
    stages: definition.stages.map((stage) => stage.id),
    lanes: new Map(),
    sideExits,
  };
  const arrows: PlannedArrow[] = [];
  const slots = new Map<Id, Slot[]>();
  const orders = new Map<Id, number>();

  for (const arrow of definition.arrows) {
    if (isExitArrow(arrow)) {
      const planned = planExit(scene, arrow.from, arrow.exit, arrow.to);
      if (planned) arrows.push({ ...planned, key: arrow.id, arrow });
      continue;
    }
    for (const from of sources(arrow)) {
      const order = (orders.get(from) ?? 0) + 1;
      orders.set(from, order);
      const route = planStageArrow(scene, from, arrow);
      if (!route) continue;
      slots.set(from, [...(slots.get(from) ?? []), { id: arrow.id, side: route.leave }]);
      arrows.push({
        key: `${arrow.id}@${from}`,
        arrow,
        from,
        sourceHandle: arrow.id,
        to: arrow.to,
        route,
        order,
        look: "stage",
      });
    }
  }
  for (const entry of definition.entries) {
    if (!boxes.has(entry.to)) continue;
    const route: Route = { leave: "right", arrive: "left", lane: null };
    arrows.push({
      key: `${entry.id}>`,
      arrow: null,
      from: entry.id,
      sourceHandle: OUT,
      to: entry.to,
      route,
      order: null,
      look: "entry",
    });
  }
  const bar = planBar(scene, sizeOf, arrows);
  return { arrows, slots, bar };
}

interface Scene {
  definition: Definition;
  boxes: ReadonlyMap<Id, Box>;
  stages: Id[];
  lanes: Lanes;
  sideExits: (step: Id) => ReadonlySet<string>;
}

type Planned = Omit<PlannedArrow, "key" | "arrow">;

const others = (scene: Scene, ...except: (Id | undefined)[]): Box[] =>
  scene.stages.filter((id) => !except.includes(id)).flatMap((id) => scene.boxes.get(id) ?? []);

function planExit(scene: Scene, from: Id, exit: string, to: Id): Planned | null {
  const { definition, boxes } = scene;
  const start = boxes.get(from);
  const goal = boxes.get(to);
  const stage = stageOf(definition, from);
  const frame = stage && boxes.get(stage);
  if (!start || !goal || !stage || !frame) return null;
  const side = scene.sideExits(from).has(exit);
  const leave: Side = side ? "right" : "bottom";
  const inside = find(definition, to)?.is === "step" && stageOf(definition, to) === stage;
  const siblings = () =>
    stepsOf(definition, stage).flatMap((step) =>
      step.id === from || step.id === to ? [] : (boxes.get(step.id) ?? []),
    );
  const route = inside
    ? withinStage(start, goal, leave, siblings(), scene.lanes, stage)
    : outOfStage(frame, goal, leave, others(scene, stage, stageOf(definition, to)), scene.lanes, stage);
  return { from, sourceHandle: exit, to, route, order: null, look: side ? "side" : "step" };
}

function planStageArrow(scene: Scene, from: Id, arrow: StageArrow): Route | null {
  const start = scene.boxes.get(from);
  const goal = scene.boxes.get(arrow.to);
  if (!start || !goal) return null;
  const home = stageOf(scene.definition, arrow.to);
  if (arrow.to === from) return { leave: "top", arrive: "top", lane: start.y - 30 };
  // To a step of the same stage: out of the border and in again at the step's side.
  if (home === from) return { leave: "right", arrive: "right", lane: start.x + start.w + 18 };
  return betweenStages(start, goal, others(scene, from, home), scene.lanes);
}

/** Arrows from any stage start at the bar, each over or under its target as far as the bar reaches. */
function planBar(scene: Scene, sizeOf: StepSizes, arrows: PlannedArrow[]): Picture["bar"] {
  const box = anyBar(scene.definition, sizeOf);
  if (!box) return null;
  const points: AnchorPoint[] = [];
  const perTarget = new Map<Id, number>();
  let order = 0;
  for (const arrow of scene.definition.arrows) {
    if (isExitArrow(arrow) || arrow.from !== ANY_STAGE) continue;
    order += 1;
    const goal = scene.boxes.get(arrow.to);
    if (!goal) continue;
    const n = perTarget.get(arrow.to) ?? 0;
    perTarget.set(arrow.to, n + 1);
    const above = goal.y < box.y;
    const aside = !above && goal.y < box.y + box.h;
    const spread = n === 0 ? 0 : Math.ceil(n / 2) * BAR_SPREAD * (n % 2 ? 1 : -1);
    const middle = goal.x + (above ? 44 : goal.w / 2) + spread;
    const x = Math.min(Math.max(middle - box.x, BAR_MARGIN), box.w - BAR_MARGIN);
    const leave: Side = aside ? "right" : above ? "top" : "bottom";
    points.push({
      id: arrow.id,
      type: "source",
      side: leave,
      x: aside ? box.w : x,
      y: aside ? box.h / 2 : above ? 0 : box.h,
    });
    const stepInside = find(scene.definition, arrow.to)?.is === "step";
    const arrive: Side = aside || stepInside ? "left" : above ? "bottom" : "top";
    arrows.push({
      key: arrow.id,
      arrow,
      from: ANY_NODE,
      sourceHandle: arrow.id,
      to: arrow.to,
      route: { leave, arrive, lane: null },
      order,
      look: "any",
    });
  }
  return { box, points };
}

export const targetHandle = (route: Route): string => IN[route.arrive];
