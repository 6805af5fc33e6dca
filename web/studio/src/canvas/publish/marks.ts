/** Which things are marked on the canvas, and as what: one map for every sheet that is shown. A thing that was
 *  added is only in the newer drawing and one that was removed only in the older, so both can share it. */
import { create } from "zustand";

import type { Id } from "../model/definition";

export type Mark = "added" | "removed" | "changed" | "moved" | "theirs" | "mine" | "both" | "unreached";
export type Marks = ReadonlyMap<Id, Mark>;

interface Marking {
  marks: Marks;
  /** The one that is looked at just now. */
  at: Id | null;
}

export const NO_MARKS: Marks = new Map();
export const useMarks = create<Marking>(() => ({ marks: NO_MARKS, at: null }));

export const setMarks = (marks: Marks, at: Id | null = null): void => useMarks.setState({ marks, at });
export const clearMarks = (): void => setMarks(NO_MARKS);

/** The class of a marked card or arrow; empty for all others. */
export const useMarkClass = (id: Id | undefined): string =>
  useMarks(({ marks, at }) => {
    const mark = id === undefined ? undefined : marks.get(id);
    if (!mark) return "";
    return `rb-mark rb-mark-${mark}${at === id ? " rb-mark-at" : ""}`;
  });
