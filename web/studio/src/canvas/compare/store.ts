/** Two drawings side by side, or one of them alone: which, and at which of their differences one looks. */
import { create } from "zustand";

import { clearMarks } from "../publish/marks";
import { useCanvas } from "../store";

export type Shown = number | "draft";

interface Comparing {
  /** The drawing at the left, or the only one; null while nothing is compared. */
  left: Shown | null;
  right: Shown | null;
  /** The layer of numbers over both. */
  numbers: boolean;
}

export const useComparing = create<Comparing>(() => ({ left: null, right: null, numbers: false }));

export function compare(left: Shown, right: Shown | null = null): void {
  useCanvas.getState().setSide(null);
  useCanvas.getState().select([]);
  useComparing.setState({ left, right });
}

export function endComparing(): void {
  clearMarks();
  useComparing.setState({ left: null, right: null });
  useCanvas.getState().setSide("versions");
}
