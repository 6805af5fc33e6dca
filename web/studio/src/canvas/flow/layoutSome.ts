/** Tidy layout of a part: the selected stages, or the selected steps of a stage. */
import { isExitArrow, sources, type Arrow, type Definition, type Id } from "../model/definition";
import { placeOf, type StepSizes } from "../model/geometry";
import { stepsOf } from "../model/lookup";
import { layoutAll, layoutStage, type Places } from "./layout";

/** Tidies the given things among themselves; their upper left corner stays where it is. One stage is tidied inside. */
export function layoutSome(definition: Definition, ids: readonly Id[], sizeOf: StepSizes): Places {
  const wanted = new Set(ids);
  const stages = definition.stages.filter((stage) => wanted.has(stage.id));
  const places: Places = {};
  if (stages.length === 1) {
    const [stage] = stages;
    const inner = layoutStage(definition, stage!.id, sizeOf);
    Object.assign(places, inner.places, {
      [stage!.id]: { ...placeOf(definition, stage!.id), ...inner.size },
    });
  } else if (stages.length > 1) {
    const own = new Set(stages.map((stage) => stage.id));
    const ends = definition.ends.filter((end) => wanted.has(end.id));
    const steps = definition.steps.filter((step) => own.has(step.stage));
    const here = new Set([...own, ...steps.map((step) => step.id), ...ends.map((end) => end.id)]);
    const arrows = definition.arrows.filter((arrow) => here.has(arrow.to) && leavesOneOf(arrow, here));
    const part = { ...definition, stages, steps, ends, arrows, entries: [] };
    const inside = new Set(steps.map((step) => step.id));
    const laid = layoutAll(part, sizeOf);
    Object.assign(
      places,
      laid,
      keepCorner(definition, laid, (id) => !inside.has(id)),
    );
  }
  for (const stage of definition.stages) {
    const steps = stepsOf(definition, stage.id).filter((step) => wanted.has(step.id));
    if (wanted.has(stage.id) || steps.length < 2) continue;
    const laid = layoutStage({ ...definition, steps }, stage.id, sizeOf).places;
    Object.assign(
      places,
      keepCorner(definition, laid, () => true),
    );
  }
  return places;
}

const leavesOneOf = (arrow: Arrow, ids: ReadonlySet<Id>): boolean =>
  isExitArrow(arrow) ? ids.has(arrow.from) : sources(arrow).some((id) => ids.has(id));

/** Shifts what was laid out so that it begins where it began before. */
function keepCorner(definition: Definition, laid: Places, counts: (id: Id) => boolean): Places {
  const ids = Object.keys(laid).filter((id) => counts(id) && definition.layout[id]);
  const least = (axis: "x" | "y", places: Places) => Math.min(...ids.map((id) => places[id]![axis]));
  if (ids.length === 0) return laid;
  const dx = least("x", definition.layout) - least("x", laid);
  const dy = least("y", definition.layout) - least("y", laid);
  return Object.fromEntries(
    Object.entries(laid).flatMap(([id, at]) =>
      counts(id) ? [[id, { ...at, x: at.x + dx, y: at.y + dy }]] : [],
    ),
  );
}
