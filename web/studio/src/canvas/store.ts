/** The canvas's one store. Components read narrow parts of it; every change of the journey is a command. */
import { create } from "zustand";

import type { Draft, Journey } from "@/api/types";

import { isTangled, layoutAll, missingPlaces } from "./flow/layout";
import { sizesFor } from "./flow/sizes";
import { apply } from "./model/commands";
import { complete, type Definition, type Id } from "./model/definition";
import { amend, begin } from "./model/history";
import { find, type Found } from "./model/lookup";
import { editing } from "./state/editing";
import { saving } from "./state/saving";
import type { CanvasState } from "./state/types";
import { viewing } from "./state/viewing";
import { watching } from "./state/watching";
import { IDLE } from "./tools/types";

export const useCanvas = create<CanvasState>((set, get) => ({
  ...editing(set, get),
  ...viewing(set, get),
  ...saving(set),
  ...watching(set, get),
}));

const fresh = useCanvas.getInitialState();

/** Opens a journey: everything of the one before is forgotten, words and kinds stay. */
export function openJourney(journey: Journey, draft: Draft, readOnly: boolean): void {
  const { catalogue, names } = useCanvas.getState();
  const definition = complete(draft.definition as Partial<Definition>);
  useCanvas.setState({
    ...fresh,
    catalogue,
    names,
    journey,
    readOnly,
    history: begin(definition),
    stored: definition,
    revision: draft.revision,
  });
}

/** Replaces the whole definition by another one (a backup, theirs after a conflict); undo leads back. */
export function takeDefinition(definition: Definition, label: string): void {
  const { history } = useCanvas.getState();
  useCanvas.setState({
    history: {
      past: [...history.past, { definition: history.present, label }],
      present: definition,
      future: [],
      merging: null,
    },
    selection: [],
    tool: IDLE,
  });
}

/** Gives a place to what came without one, and untangles cards that lie upon each other. It is no edit: there is nothing to undo and nothing to save. */
export function placeWhatLies(): void {
  const { history, catalogue, names, stored, revision } = useCanvas.getState();
  const sizeOf = sizesFor(history.present, catalogue, names.lang);
  // Only a drawing that nobody has touched yet is tidied; an author's own overlaps are his business.
  const tangled = revision <= 1 && isTangled(history.present, sizeOf);
  const places = tangled ? layoutAll(history.present, sizeOf) : missingPlaces(history.present, sizeOf);
  if (!places) return;
  const placed = apply(history.present, { do: "move", places });
  useCanvas.setState({
    history: amend(history, placed),
    ...(stored === history.present ? { stored: placed } : {}),
  });
}

export const definitionNow = (): Definition => useCanvas.getState().history.present;
export const selectDefinition = (state: CanvasState): Definition => state.history.present;

/** The one selected thing; undefined if none or several are selected. */
export function selectedOne(state: CanvasState): Found | undefined {
  const [id, ...more] = state.selection;
  return id && more.length === 0 ? find(state.history.present, id) : undefined;
}

export const isSelected = (state: CanvasState, id: Id): boolean => state.selection.includes(id);
