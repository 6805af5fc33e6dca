/** Drawings that were stored without places, or with too few of them. */
import { missingPlaces } from "../flow/layout";
import { sizesFor } from "../flow/sizes";
import { apply } from "../model/commands";
import type { Definition } from "../model/definition";
import { useCanvas } from "../store";

/** The drawing with a place for what came without one, as the board would give it; only to be looked at. */
export function placed(definition: Definition): Definition {
  const { catalogue, names } = useCanvas.getState();
  const places = missingPlaces(definition, sizesFor(definition, catalogue, names.lang));
  return places ? apply(definition, { do: "move", places }) : definition;
}
