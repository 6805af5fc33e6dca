/** What the publish drawer is about: the draft, or people who are to be moved to a version that is out already. */
import { create } from "zustand";

import { useCanvas } from "../store";

interface Publishing {
  /** Where people go: with the draft that is published, or to this version. */
  to: "draft" | number;
}

export const usePublishing = create<Publishing>(() => ({ to: "draft" }));

export function openPublishing(to: "draft" | number = "draft"): void {
  const { readOnly, journey, say } = useCanvas.getState();
  if (readOnly) return say("notice.read-only");
  if (!journey || journey.status === "archived") return;
  usePublishing.setState({ to });
  useCanvas.getState().setSide("publish");
}
