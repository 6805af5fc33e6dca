import { isExitArrow, isStageArrow, type ArrowOn, type Id, type Rule, type StageArrow } from "../definition";
import {
  CannotDo,
  arrowIn,
  assertTarget,
  assign,
  claim,
  dropArrowsOfExit,
  stageIn,
  stepIn,
  type D,
} from "./draft";

export const arrowCommands = {
  connectExit(d: D, a: { id: Id; from: Id; exit: string; to: Id }) {
    stepIn(d, a.from);
    assertTarget(d, a.to);
    dropArrowsOfExit(d, a.from, a.exit);
    claim(d, a.id);
    d.arrows.push({ id: a.id, from: a.from, exit: a.exit, to: a.to });
  },

  addStageArrow(d: D, a: { id: Id; from: Id | Id[]; on: ArrowOn; to: Id; where?: Rule | null }) {
    assertTarget(d, a.to);
    claim(d, a.id);
    const arrow: StageArrow = { id: a.id, from: a.from, on: a.on, to: a.to };
    if (a.where) arrow.where = a.where;
    d.arrows.push(arrow);
  },

  /** Draws one end of an arrow somewhere else. `instead` names the stage of a list that the new `from` replaces. */
  reconnect(d: D, a: { id: Id; to?: Id; from?: Id; exit?: string; instead?: Id }) {
    const arrow = arrowIn(d, a.id);
    if (a.to !== undefined) {
      assertTarget(d, a.to);
      arrow.to = a.to;
    }
    if (a.from === undefined) return;
    if (isExitArrow(arrow)) {
      if (a.exit === undefined) throw new CannotDo("needs-an-exit");
      stepIn(d, a.from);
      dropArrowsOfExit(d, a.from, a.exit, arrow.id);
      arrow.from = a.from;
      arrow.exit = a.exit;
      return;
    }
    const from = a.from;
    stageIn(d, from);
    if (!Array.isArray(arrow.from)) arrow.from = from;
    else arrow.from = [...new Set(arrow.from.map((id) => (id === a.instead ? from : id)))];
  },

  setArrow(d: D, a: { id: Id; set: Partial<Omit<StageArrow, "id">> }) {
    const arrow = arrowIn(d, a.id);
    if (!isStageArrow(arrow)) throw new CannotDo("only-stage-arrows");
    assign(arrow, a.set);
  },

  /** Puts an arrow before another one (or last): the order in which arrows are asked. */
  reorderArrows(d: D, a: { id: Id; before: Id | null }) {
    if (a.before === a.id) return;
    const arrow = arrowIn(d, a.id);
    const rest = d.arrows.filter((one) => one.id !== a.id);
    const at = a.before === null ? rest.length : rest.findIndex((one) => one.id === a.before);
    if (at < 0) throw new CannotDo("no-such-arrow");
    rest.splice(at, 0, arrow);
    d.arrows = rest;
  },
};
