/** Sorting differences for reading: marks for the canvas, and groups by the stage in which they are. */
import type { Change } from "@/api/changing";

import { ANY_STAGE, isExitArrow, sources, type Definition, type Id } from "../model/definition";
import { find, findStage, stageOf } from "../model/lookup";
import type { Mark, Marks } from "./marks";

/** Of several changes of one thing the gravest is its mark. */
const GRAVEST: Mark[] = ["removed", "added", "changed", "moved"];

export function marksOf(changes: readonly Change[]): Marks {
  const marks = new Map<Id, Mark>();
  for (const { node, what, change } of changes) {
    if (!node || what === "note" || what === "settings") continue;
    // An exit that came or went changes its step, which is still there.
    const mark: Mark = what === "exit" ? "changed" : change;
    const known = marks.get(node);
    if (!known || GRAVEST.indexOf(mark) < GRAVEST.indexOf(known)) marks.set(node, mark);
  }
  return marks;
}

export interface ChangeGroup {
  /** The stage; null for what belongs to the whole journey. */
  stage: Id | null;
  name: string;
  changes: Change[];
}

/** Differences in the order of the stages as they are drawn; what belongs to no stage comes last. */
export function byStage(changes: readonly Change[], to: Definition, from: Definition): ChangeGroup[] {
  const groups = new Map<Id | null, Change[]>();
  for (const change of changes) {
    const node = change.part_of ?? change.node;
    const stage = stageFor(node, to) ?? stageFor(node, from) ?? null;
    groups.set(stage, [...(groups.get(stage) ?? []), change]);
  }
  const order = [...to.stages, ...from.stages].map((stage) => stage.id);
  const rank = (id: Id | null) => (id === null ? order.length : order.indexOf(id));
  return [...groups]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([stage, list]) => ({
      stage,
      name: findStage(to, stage)?.name ?? findStage(from, stage)?.name ?? "",
      changes: list,
    }));
}

function stageFor(node: Id, definition: Definition): Id | undefined {
  const found = find(definition, node);
  if (found?.is === "arrow") {
    const { arrow } = found;
    if (isExitArrow(arrow)) return stageOf(definition, arrow.from);
    return arrow.from === ANY_STAGE ? undefined : sources(arrow)[0];
  }
  if (found?.is === "entry") return stageOf(definition, found.entry.to);
  return stageOf(definition, node);
}

/** Lines that are worth reading by themselves, and how many arrows came or went with the node of each. */
export function withCompany(changes: readonly Change[]): { change: Change; company: Change[] }[] {
  const told = new Set(changes.filter((one) => !one.part_of).map((one) => one.node));
  const own = changes.filter((one) => !one.part_of || !told.has(one.part_of));
  return own.map((change) => ({
    change,
    company: changes.filter((one) => one.part_of === change.node && !own.includes(one)),
  }));
}
