/** The size of a step's card, which follows from its kind's exits. */
import { findStep } from "../model/lookup";
import type { Definition, Id, Size, Step } from "../model/definition";
import { exitsOf, type Exit } from "../model/exits";
import { stepSize, type StepSizes } from "../model/geometry";
import { kindOf, type Catalogue, type Lang } from "../model/kinds";

type Known = { catalogue: Catalogue; lang: Lang; exits: Exit[]; size: Size };
const known = new WeakMap<Step, Known>();

function lookUp(step: Step, catalogue: Catalogue, lang: Lang): Known {
  const found = known.get(step);
  if (found && found.catalogue === catalogue && found.lang === lang) return found;
  const exits = exitsOf(step, kindOf(catalogue, step.kind), lang);
  const made = { catalogue, lang, exits, size: stepSize(exits.filter((exit) => !exit.side).length) };
  known.set(step, made);
  return made;
}

/** The exits of a step, the same array as long as the step stays the same. */
export const exitsFor = (step: Step, catalogue: Catalogue, lang: Lang): Exit[] =>
  lookUp(step, catalogue, lang).exits;

export const sizeOfStep = (step: Step, catalogue: Catalogue, lang: Lang): Size =>
  lookUp(step, catalogue, lang).size;

const FALLBACK = stepSize(1);

export function sizesFor(definition: Definition, catalogue: Catalogue, lang: Lang): StepSizes {
  return (id: Id) => {
    const step = findStep(definition, id);
    return step ? lookUp(step, catalogue, lang).size : FALLBACK;
  };
}
