/** From a definition to the cards and lines that are drawn. Pure but for its memo: the same part gives the same object. */
import {
  isExitArrow,
  isStageArrow,
  type Definition,
  type Id,
  type Place,
  type Size,
  type Step,
} from "../model/definition";
import { END_SIZE, ENTRY_SIZE, NOTE_SIZE, placeOf, stageSize } from "../model/geometry";
import { kindOf, type Catalogue } from "../model/kinds";
import { findStage, stepsOf } from "../model/lookup";
import { reasonOf, sayArrow, sayEntry, sayWhere } from "../model/words/arrow";
import { sayAnchor } from "../model/words/moment";
import type { Names } from "../model/words/names";
import { sayStep } from "../model/words/step";
import { flagAnchors, pillAnchors, stageAnchors, stepAnchors } from "./anchors";
import { Memo, stableList } from "./memo";
import { ANY_NODE, plan, targetHandle, type ExitPoints, type Picture, type PlannedArrow } from "./plan";
import { exitsFor, sizeOfStep, sizesFor } from "./sizes";
import type { Route } from "./routes";
import type { ArrowFlowEdge, Chip, FlowNode } from "./types";

export interface View {
  catalogue: Catalogue;
  names: Names;
}

export interface Flow {
  nodes: FlowNode[];
  edges: ArrowFlowEdge[];
}

const NOTHING: ReturnType<ExitPoints> = new Map();

function frame(place: Place, size: Size) {
  return { position: { x: place.x, y: place.y }, width: size.w, height: size.h };
}

/** One drawer per canvas: it remembers the nodes of the definition before. */
export function flowDrawer(): (definition: Definition, view: View) => Flow {
  const memo = new Memo();
  const planned = planner();
  let before: Flow = { nodes: [], edges: [] };
  return (definition, view) => {
    const picture = planned(definition, view);
    const nodes = [
      ...stageNodes(memo, definition, picture, view),
      ...stepNodes(memo, definition, view),
      ...otherNodes(memo, definition, picture, view),
    ];
    const edges = picture.arrows.map((one) => edge(memo, definition, one, view.names));
    memo.turn();
    before = { nodes: stableList(before.nodes, nodes), edges: stableList(before.edges, edges) };
    return before;
  };
}

/** Plans anew only when something has moved, grown or been connected; words and settings alone move nothing. */
function planner(): (definition: Definition, view: View) => Picture {
  let last: { deps: unknown[]; picture: Picture } | null = null;
  const routes = new Map<string, { said: string; route: Route }>();
  return (definition, view) => {
    const { catalogue, names } = view;
    const sizes = definition.steps.map((step) => {
      const exits = exitsFor(step, catalogue, names.lang).map((exit) => exit.id);
      return `${step.id} ${step.stage} ${exits.join()}`;
    });
    const ids = [...definition.stages, ...definition.ends].map((one) => one.id);
    const leads = definition.entries.map((entry) => `${entry.id} ${entry.to}`);
    const deps = [definition.arrows, definition.layout, sizes.join(";"), ids.join(), leads.join()];
    if (last && last.deps.every((one, n) => one === deps[n])) return last.picture;
    const picture = plan(
      definition,
      sizesFor(definition, catalogue, names.lang),
      exitPointsOf(definition, view),
      last?.picture,
    );
    for (const arrow of picture.arrows) {
      const said = JSON.stringify(arrow.route);
      const known = routes.get(arrow.key);
      if (known?.said === said) arrow.route = known.route;
      else routes.set(arrow.key, { said, route: arrow.route });
    }
    last = { deps, picture };
    return picture;
  };
}

/** Where the exits of each step are, as its card has them. */
function exitPointsOf(definition: Definition, { catalogue, names }: View): ExitPoints {
  const steps = new Map(definition.steps.map((step) => [step.id, step]));
  return (id) => {
    const step = steps.get(id);
    if (!step) return NOTHING;
    const points = stepAnchors(
      sizeOfStep(step, catalogue, names.lang),
      exitsFor(step, catalogue, names.lang),
    );
    return new Map(points.filter((point) => point.type === "source").map((point) => [point.id, point]));
  };
}

function stageNodes(
  memo: Memo,
  definition: Definition,
  picture: Picture,
  { catalogue, names }: View,
): FlowNode[] {
  const sizeOf = sizesFor(definition, catalogue, names.lang);
  return definition.stages.map((stage) => {
    const place = placeOf(definition, stage.id);
    const size = stageSize(definition, stage.id, sizeOf);
    const slots = picture.slots.get(stage.id) ?? [];
    const slotKey = slots.map((slot) => `${slot.id}/${slot.side}`).join();
    const empty = stepsOf(definition, stage.id).length === 0;
    return memo.keep(stage.id, [stage, place, size.w, size.h, slotKey, empty, names], (): FlowNode => {
      const points = stageAnchors(size, slots);
      return {
        id: stage.id,
        type: "stage",
        ...frame(place, size),
        data: {
          stage,
          anchor: stage.anchor === undefined ? "" : sayAnchor(stage.anchor, names),
          points,
          empty,
        },
      };
    });
  });
}

function stepNodes(memo: Memo, definition: Definition, { catalogue, names }: View): FlowNode[] {
  const leaving = new Map<Id, string[]>();
  for (const arrow of definition.arrows) {
    if (isExitArrow(arrow)) leaving.set(arrow.from, [...(leaving.get(arrow.from) ?? []), arrow.exit]);
  }
  return definition.steps.map((step) => {
    const place = placeOf(definition, step.id);
    const stage = findStage(definition, step.stage);
    const initial = stage?.initial === step.id;
    const connected = (leaving.get(step.id) ?? []).join();
    return memo.keep(step.id, [step, place, stage?.anchor, initial, connected, catalogue, names], () =>
      stepNode(step, place, initial, new Set(leaving.get(step.id)), stage?.anchor, catalogue, names),
    );
  });
}

function stepNode(
  step: Step,
  place: Place,
  initial: boolean,
  connected: ReadonlySet<string>,
  anchor: Parameters<typeof sayStep>[3],
  catalogue: Catalogue,
  names: Names,
): FlowNode {
  const kind = kindOf(catalogue, step.kind);
  const exits = exitsFor(step, catalogue, names.lang).map((exit) => ({
    ...exit,
    title: names.event(exit.title),
  }));
  const size = sizeOfStep(step, catalogue, names.lang);
  const points = stepAnchors(size, exits);
  const kindTitle = kind?.title[names.lang] ?? step.kind;
  return {
    id: step.id,
    type: "step",
    parentId: step.stage,
    ...frame(place, size),
    data: {
      step,
      exits,
      connected,
      initial,
      points,
      kindTitle,
      title: step.name || kindTitle,
      icon: kind?.icon ?? "",
      group: kind?.group ?? "",
      sentence: sayStep(step, kind, names, anchor),
    },
  };
}

function otherNodes(
  memo: Memo,
  definition: Definition,
  picture: Picture,
  { catalogue, names }: View,
): FlowNode[] {
  const nodes: FlowNode[] = [];
  for (const entry of definition.entries) {
    const place = placeOf(definition, entry.id);
    nodes.push(
      memo.keep(entry.id, [entry, place, names, catalogue], (): FlowNode => {
        const points = flagAnchors(ENTRY_SIZE);
        const kindTitle =
          catalogue.entries.find((form) => form.type === entry.on.type)?.title[names.lang] ?? entry.on.type;
        return {
          id: entry.id,
          type: "entry",
          ...frame(place, ENTRY_SIZE),
          data: {
            entry,
            sentence: entry.name || sayEntry(entry, names),
            where: sayWhere(entry.where, names),
            kindTitle,
            points,
          },
        };
      }),
    );
  }
  for (const end of definition.ends) {
    const place = placeOf(definition, end.id);
    nodes.push(
      memo.keep(end.id, [end, place], (): FlowNode => {
        const points = pillAnchors(END_SIZE);
        return {
          id: end.id,
          type: "end",
          ...frame(place, END_SIZE),
          data: { end, points },
        };
      }),
    );
  }
  for (const note of definition.notes) {
    nodes.push(
      memo.keep(note.id, [note], (): FlowNode => ({
        id: note.id,
        type: "note",
        ...frame(note, NOTE_SIZE),
        data: { note, points: [] },
      })),
    );
  }
  if (picture.bar) {
    const { box, points } = picture.bar;
    nodes.push(
      memo.keep(ANY_NODE, [box.x, box.y, box.w, JSON.stringify(points)], (): FlowNode => ({
        id: ANY_NODE,
        type: "any",
        ...frame(box, box),
        data: { points },
      })),
    );
  }
  return nodes;
}

function edge(memo: Memo, definition: Definition, planned: PlannedArrow, names: Names): ArrowFlowEdge {
  const { arrow, from, route, order, look, to, counted } = planned;
  const stageAnchor = findStage(definition, from)?.anchor;
  const deps = [arrow, from, to, planned.sourceHandle, route, order, look, counted, stageAnchor, names];
  return memo.keep(`edge:${planned.key}`, deps, (): ArrowFlowEdge => {
    const chip: Chip | null =
      arrow && isStageArrow(arrow)
        ? {
            reason: reasonOf(arrow.on),
            text: sayArrow(arrow, names, stageAnchor),
            where: sayWhere(arrow.where, names),
            order,
          }
        : null;
    return {
      id: planned.key,
      source: from,
      sourceHandle: planned.sourceHandle,
      target: to,
      targetHandle: targetHandle(route),
      data: { arrow, from, chip, route, look, counted },
      ariaLabel: chip ? `${chip.text}${chip.where ? `，${chip.where}` : ""}` : undefined,
    };
  });
}
