/** The arrows of a definition with their ways: computed for the whole picture, before any card is made of it. */
import {
  ANY_STAGE,
  isExitArrow,
  sources,
  type Arrow,
  type Definition,
  type Id,
  type Point,
  type StageArrow,
} from "../model/definition";
import { anyBar, boxOf, type Box, type StepSizes } from "../model/geometry";
import { find, stageOf, stepsOf } from "../model/lookup";
import {
  IN,
  OUT,
  OUT_DOWN,
  pillLanding,
  slotPoint,
  stageLanding,
  type AnchorPoint,
  type Side,
  type Slot,
} from "./anchors";
import { BESIDE, Mazes } from "./maze";
import { planBar } from "./planBar";
import { outOfStage, routeBetween, spread, withinStage, type Gate, type Lanes, type Route } from "./routes";

export interface PlannedArrow {
  key: string;
  arrow: Arrow | null;
  from: Id;
  sourceHandle: string;
  to: Id;
  route: Route;
  order: number | null;
  look: "stage" | "step" | "side" | "any" | "entry";
  /** False for the further lines of an arrow out of several stages: its numbers are those of the whole arrow. */
  counted: boolean;
}

export interface Picture {
  arrows: PlannedArrow[];
  slots: ReadonlyMap<Id, Slot[]>;
  bar: { box: Box; points: AnchorPoint[] } | null;
  /** What was found out about ways; the next picture begins with it. */
  mazes: Mazes;
}

/** Where a step's exits are, from its card's corner, and on which side. */
export type ExitPoints = (step: Id) => ReadonlyMap<string, { side: Side; x: number; y: number }>;

/** The id of the bar's node; no id of a definition can look like it. */
export const ANY_NODE = ANY_STAGE;
/** What speaks against leaving a stage by another side than the right, where its chips lie. */
const ODD_SIDE = 180;

export interface Scene {
  definition: Definition;
  boxes: ReadonlyMap<Id, Box>;
  exits: ExitPoints;
  lanes: Lanes;
  mazes: Mazes;
  bar: Box | null;
}

export function plan(
  definition: Definition,
  sizeOf: StepSizes,
  exits: ExitPoints,
  before: Picture | null = null,
): Picture {
  const boxes = new Map<Id, Box>();
  for (const list of [definition.stages, definition.steps, definition.ends, definition.entries]) {
    for (const one of list) {
      const box = boxOf(definition, one.id, sizeOf);
      if (box) boxes.set(one.id, box);
    }
  }
  const bar = anyBar(definition, sizeOf);
  const walls = [...definition.stages, ...definition.ends].flatMap((one) => boxes.get(one.id) ?? []);
  const scene: Scene = {
    definition,
    boxes,
    exits,
    lanes: new Map(),
    mazes: new Mazes(bar ? [...walls, bar] : walls, before?.mazes ?? null).settle(),
    bar,
  };
  const arrows: PlannedArrow[] = [];
  const slots = new Map<Id, Slot[]>();
  const orders = new Map<Id, number>();
  for (const arrow of definition.arrows) {
    if (isExitArrow(arrow)) arrows.push(...planExit(scene, arrow.from, arrow.exit, arrow.to, arrow));
    else for (const from of sources(arrow)) arrows.push(...planStageArrow(scene, from, arrow, slots, orders));
  }
  arrows.push(...definition.entries.flatMap((entry) => planEntry(scene, entry.id, entry.to)));
  const points: AnchorPoint[] = [];
  arrows.push(...planBar(scene, points));
  const apart = spread(arrows);
  return {
    arrows: arrows.map((arrow, n) => ({ ...arrow, route: apart[n]! })),
    slots,
    bar: bar && { box: bar, points },
    mazes: scene.mazes,
  };
}

export const plus = (a: Point, b: Point): Point => ({ x: a.x + b.x, y: a.y + b.y });
const STEP_DOOR: Point = { x: 0, y: 30 };

/** The sides by which a thing is reached, the most natural first. A step is reached through its stage's left border. */
export function gatesInto({ definition, boxes }: Scene, to: Id): Gate[] {
  const box = boxes.get(to)!;
  const found = find(definition, to);
  if (found?.is === "step") {
    const frame = boxes.get(found.step.stage) ?? box;
    return [{ side: "left", at: { x: frame.x, y: box.y + STEP_DOOR.y }, cost: 0 }];
  }
  const landing = found?.is === "stage" ? stageLanding : pillLanding;
  const gate = (side: Side, cost: number): Gate => ({ side, at: plus(box, landing(box, side)), cost });
  return [gate("left", 0), gate("top", 60), gate("bottom", 60)];
}

function planStageArrow(
  scene: Scene,
  from: Id,
  arrow: StageArrow,
  slots: Map<Id, Slot[]>,
  orders: Map<Id, number>,
): PlannedArrow[] {
  const start = scene.boxes.get(from);
  const goal = scene.boxes.get(arrow.to);
  const order = (orders.get(from) ?? 0) + 1;
  orders.set(from, order);
  if (!start || !goal) return [];
  const taken = slots.get(from) ?? [];
  const gate = (side: Side, cost: number): Gate => {
    const n = taken.filter((slot) => slot.side === side).length;
    return { side, at: plus(start, slotPoint(start, side, n)), cost };
  };
  const route =
    ownStageRoute(scene, from, arrow.to, start, gate("right", 0).at) ??
    routeBetween(
      scene.mazes.between(gate("right", 0).at, gatesInto(scene, arrow.to)[0]!.at),
      [gate("right", 0), gate("bottom", ODD_SIDE), gate("top", ODD_SIDE)],
      gatesInto(scene, arrow.to),
    );
  slots.set(from, [...taken, { id: arrow.id, side: route.leave }]);
  return [
    {
      key: `${arrow.id}@${from}`,
      arrow,
      from,
      sourceHandle: arrow.id,
      to: arrow.to,
      route,
      order,
      look: "stage",
      counted: from === sources(arrow)[0],
    },
  ];
}

/** Arrows that stay in their stage: a loop over its upper edge, or out of the border and in at a step's side. */
function ownStageRoute(scene: Scene, from: Id, to: Id, start: Box, slot: Point): Route | null {
  if (to === from) {
    const right = start.x + start.w + BESIDE;
    const top = start.y - BESIDE;
    const landing = start.x + stageLanding(start, "top").x;
    return {
      leave: "right",
      arrive: "top",
      via: [
        { x: right, y: slot.y },
        { x: right, y: top },
        { x: landing, y: top },
      ],
    };
  }
  if (stageOf(scene.definition, to) !== from) return null;
  const lane = start.x + start.w + BESIDE;
  return {
    leave: "right",
    arrive: "right",
    via: [
      { x: lane, y: slot.y },
      { x: lane, y: scene.boxes.get(to)!.y + STEP_DOOR.y },
    ],
  };
}

function planExit(scene: Scene, from: Id, exit: string, to: Id, arrow: Arrow): PlannedArrow[] {
  const { definition, boxes, lanes } = scene;
  const box = boxes.get(from);
  const goal = boxes.get(to);
  const stage = stageOf(definition, from);
  const frame = stage && boxes.get(stage);
  const point = scene.exits(from).get(exit);
  if (!box || !goal || !stage || !frame || !point) return [];
  const start = { at: plus(box, point), side: point.side, box };
  const inside = find(definition, to)?.is === "step" && stageOf(definition, to) === stage;
  const siblings = () =>
    stepsOf(definition, stage).flatMap((step) =>
      step.id === from || step.id === to ? [] : (boxes.get(step.id) ?? []),
    );
  const route = inside
    ? withinStage(start, goal, siblings(), lanes, stage)
    : outOfStage(
        scene.mazes.between(start.at, gatesInto(scene, to)[0]!.at),
        start,
        frame,
        to === stage ? [restartGate(frame)] : gatesInto(scene, to),
        lanes,
        stage,
      );
  return [
    {
      key: arrow.id,
      arrow,
      from,
      sourceHandle: exit,
      to,
      route,
      order: null,
      look: point.side === "right" ? "side" : "step",
      counted: true,
    },
  ];
}

/** An exit that leads to its own stage restarts it: in again over the upper edge. */
const restartGate = (frame: Box): Gate => ({
  side: "top",
  at: plus(frame, stageLanding(frame, "top")),
  cost: 0,
});

function planEntry(scene: Scene, from: Id, to: Id): PlannedArrow[] {
  const flag = scene.boxes.get(from);
  const goal = scene.boxes.get(to);
  if (!flag || !goal) return [];
  const above =
    flag.y + flag.h <= goal.y &&
    flag.x + flag.w > goal.x - BESIDE &&
    find(scene.definition, to)?.is === "stage";
  const route: Route = above
    ? { leave: "bottom", arrive: "top", via: [] }
    : { leave: "right", arrive: "left", via: [] };
  return [
    {
      key: `${from}>`,
      arrow: null,
      from,
      sourceHandle: above ? OUT_DOWN : OUT,
      to,
      route,
      order: null,
      look: "entry",
      counted: false,
    },
  ];
}

export const targetHandle = (route: Route): string => IN[route.arrive];
