/** What the board draws: the draft, and while it is compared with an older version, what that one still had. */
import { create } from "zustand";

import type { Definition, Id } from "../model/definition";
import { selectDefinition, useCanvas } from "../store";
import { withGhosts } from "./ghosts";

export interface Counts {
  before: Readonly<Record<Id, number>>;
  after: Readonly<Record<Id, number>>;
}

interface Review {
  /** The drawing that the draft is held against; null while nothing is reviewed. */
  against: Definition | null;
  counts: Counts | null;
}

export const useReview = create<Review>(() => ({ against: null, counts: null }));

export const review = (against: Definition | null): void => useReview.setState({ against });
export const endReview = (): void => useReview.setState({ against: null, counts: null });

let last: { draft: Definition; against: Definition; drawn: Definition } | null = null;

/** The draft together with the ghosts of what it no longer has; the same pair gives the same object. */
export function drawnWith(draft: Definition, against: Definition | null): Definition {
  if (!against) return draft;
  if (last?.draft === draft && last.against === against) return last.drawn;
  last = { draft, against, drawn: withGhosts(draft, against) };
  return last.drawn;
}

/** The definition that the board draws. */
export function useDrawn(): Definition {
  const draft = useCanvas(selectDefinition);
  const against = useReview((state) => state.against);
  return drawnWith(draft, against);
}

/** The same, for those who look at it once. */
export const drawnNow = (): Definition =>
  drawnWith(useCanvas.getState().history.present, useReview.getState().against);
