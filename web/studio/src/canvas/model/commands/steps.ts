import { isExitArrow, type Config, type Id, type Place } from "../definition";
import { CannotDo, arrowIn, assign, claim, dropArrowsOfExit, place, stageIn, stepIn, type D } from "./draft";

interface NewStep {
  id: Id;
  stage: Id;
  kind: string;
  name?: string;
  config: Config;
  at?: Place;
}

function put(d: D, a: NewStep): void {
  claim(d, a.id);
  const stage = stageIn(d, a.stage);
  const step = { id: a.id, stage: a.stage, kind: a.kind, config: a.config };
  d.steps.push(a.name ? { ...step, name: a.name } : step);
  place(d, a.id, a.at);
  const hasBeginning = stage.initial && d.steps.some((one) => one.id === stage.initial);
  if (!hasBeginning) stage.initial = a.id;
}

/** Cards that begin about as high as the new one give way too: places are rounded to a grid. */
const NEAR = 24;

/** Pushes what lies below down, so that a new card finds room. */
function makeRoom(d: D, stage: Id, except: Id, y: number, room: number): void {
  for (const step of d.steps) {
    const at = d.layout[step.id];
    if (step.stage === stage && step.id !== except && at && at.y > y - NEAR) at.y += room;
  }
}

export const stepCommands = {
  /** Puts a step into a stage; `after` also connects it behind an exit of another step. */
  addStep(d: D, a: NewStep & { after?: { arrow: Id; step: Id; exit: string }; room?: number }) {
    if (a.room && a.at) makeRoom(d, a.stage, a.id, a.at.y, a.room);
    put(d, a);
    if (!a.after) return;
    stepIn(d, a.after.step);
    dropArrowsOfExit(d, a.after.step, a.after.exit);
    claim(d, a.after.arrow);
    d.arrows.push({ id: a.after.arrow, from: a.after.step, exit: a.after.exit, to: a.id });
  },

  /** Cuts a step's arrow in two and sets a new step between; `exit` is the one by which the new step goes on. */
  insertStepIntoArrow(
    d: D,
    a: Omit<NewStep, "stage"> & { arrow: Id; exit: string | null; next: Id; room?: number },
  ) {
    const arrow = arrowIn(d, a.arrow);
    if (!isExitArrow(arrow)) throw new CannotDo("only-step-arrows");
    const stage = stepIn(d, arrow.from).stage;
    if (a.room && a.at) makeRoom(d, stage, a.id, a.at.y, a.room);
    const goesOn = arrow.to;
    put(d, { ...a, stage });
    arrow.to = a.id;
    if (a.exit === null) return;
    claim(d, a.next);
    d.arrows.push({ id: a.next, from: a.id, exit: a.exit, to: goesOn });
  },

  /** Replaces a step's settings; arrows from exits that are no longer there go with them. */
  setConfig(d: D, a: { id: Id; config: Config; exits?: string[] }) {
    stepIn(d, a.id).config = a.config;
    const exits = a.exits;
    if (!exits) return;
    d.arrows = d.arrows.filter(
      (arrow) => !isExitArrow(arrow) || arrow.from !== a.id || exits.includes(arrow.exit),
    );
  },

  setStep(d: D, a: { id: Id; set: { name?: string } }) {
    assign(stepIn(d, a.id), a.set);
  },

  /** Hands a step to another stage; its arrows stay, the stage that it began loses its beginning to the next step. */
  moveStepToStage(d: D, a: { id: Id; stage: Id; at?: Place; room?: number }) {
    const step = stepIn(d, a.id);
    const to = stageIn(d, a.stage);
    const from = d.stages.find((stage) => stage.id === step.stage);
    if (a.room && a.at) makeRoom(d, a.stage, a.id, a.at.y, a.room);
    step.stage = a.stage;
    place(d, a.id, a.at);
    if (from && from.id !== a.stage && from.initial === a.id) {
      const heir = d.arrows.find((arrow) => isExitArrow(arrow) && arrow.from === a.id);
      const next = d.steps.find((one) => one.stage === from.id && (!heir || one.id === heir.to));
      if (next) from.initial = next.id;
      else delete from.initial;
    }
    if (!to.initial) to.initial = a.id;
  },
};
