/** What a part of a drawing is called, and what it says, for somebody who has to choose between two of them. */
import {
  ANY_STAGE,
  isExitArrow,
  sources,
  type Arrow,
  type Definition,
  type End,
  type Entry,
  type Goal,
  type Id,
  type Note,
  type Stage,
  type Step,
} from "../model/definition";
import { kindOf, type Catalogue } from "../model/kinds";
import { findStage } from "../model/lookup";
import { sayArrow, sayEntry, sayWhere } from "../model/words/arrow";
import { sayAnchor } from "../model/words/moment";
import { joined, typeset, type Names } from "../model/words/names";
import { sayStep } from "../model/words/step";
import { unitsOf, type Unit } from "./units";

interface Tongue {
  names: Names;
  catalogue: Catalogue;
  anyStage: string;
}

export function nameIn(definition: Definition, id: Id, tongue: Tongue): string {
  const unit = unitsOf(definition).get(id);
  return unit ? nameOfUnit(definition, unit, tongue) : id;
}

function nameOfUnit(definition: Definition, { list, part }: Unit, tongue: Tongue): string {
  const { names, catalogue } = tongue;
  const name = (id: Id) => (id === ANY_STAGE ? tongue.anyStage : nameIn(definition, id, tongue));
  switch (list) {
    case "steps": {
      const step = part as Step;
      return step.name || (kindOf(catalogue, step.kind)?.title[names.lang] ?? step.id);
    }
    case "arrows": {
      const arrow = part as Arrow;
      const from = isExitArrow(arrow) || arrow.from === ANY_STAGE ? [arrow.from as Id] : sources(arrow);
      return `${joined(from.map(name), names.lang)} → ${name(arrow.to)}`;
    }
    case "entries":
      return (part as Entry).name || sayEntry(part as Entry, names);
    case "notes":
      return (part as Note).text.slice(0, 24) || part.id;
    default:
      return (part as Stage | End | Goal).name || part.id;
  }
}

/** What it does, in one line. */
export function sentenceOf(definition: Definition, id: Id, { names, catalogue }: Tongue): string {
  const unit = unitsOf(definition).get(id);
  if (!unit) return "";
  const { list, part } = unit;
  switch (list) {
    case "steps": {
      const step = part as Step;
      const anchor = findStage(definition, step.stage)?.anchor;
      return typeset(sayStep(step, kindOf(catalogue, step.kind), names, anchor));
    }
    case "arrows": {
      const arrow = part as Arrow;
      if (isExitArrow(arrow)) return arrow.exit;
      const where = sayWhere(arrow.where, names);
      return typeset(where ? `${sayArrow(arrow, names)} ◇ ${where}` : sayArrow(arrow, names));
    }
    case "stages": {
      const { anchor } = part as Stage;
      return anchor === undefined ? "" : typeset(sayAnchor(anchor, names));
    }
    case "entries":
      return typeset(sayEntry(part as Entry, names));
    case "ends":
      return (part as End).result;
    case "goals":
      return joined([(part as Goal).event].flat().map(names.event), names.lang);
    case "notes":
      return (part as Note).text;
  }
}
