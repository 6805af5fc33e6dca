/** Somebody else has saved: what does not collide is merged at once, the rest waits for somebody to choose. */
import { create } from "zustand";

import type { Draft } from "@/api/types";

import { getDraft } from "../api";
import { placed } from "../compare/placed";
import { complete, type Definition } from "../model/definition";
import { definitionNow, placeWhatLies, takeDefinition, useCanvas } from "../store";
import { merge, type Merge, type Side } from "./merge";

interface Meeting {
  /** The newer draft on the server, while there is something to choose. */
  theirs: (Pick<Draft, "revision" | "updated_by" | "updated_at"> & { definition: Definition }) | null;
  base: Definition | null;
  choices: Readonly<Record<string, Side>>;
  /** Whether the view with both drafts is open. */
  open: boolean;
}

const NOTHING: Meeting = { theirs: null, base: null, choices: {}, open: false };
export const useMeeting = create<Meeting>(() => NOTHING);

/** Reads the newer draft and merges it into what is on the canvas, or opens the view of both. */
export async function meetTheirs(): Promise<void> {
  const { journey, stored, readOnly } = useCanvas.getState();
  if (!journey || readOnly) return;
  let draft: Draft;
  try {
    draft = await getDraft(journey.id);
  } catch {
    // The mark at the top says that there is a conflict; pressing it tries again.
    return;
  }
  if (useCanvas.getState().journey?.id !== journey.id) return;
  const definition = placed(complete(draft.definition as Partial<Definition>));
  // Without the common beginning nobody can tell who did what: then everything of mine counts as changed by me.
  const known = stored !== null && stored.stages.length + stored.entries.length + stored.ends.length > 0;
  const base = known ? stored : definition;
  const all = merge(base, definition, definitionNow());
  const theirs = { ...draft, definition };
  if (known && all.conflicts.length === 0 && all.settings.length === 0) return take(all, theirs, {});
  useMeeting.setState({ theirs, base, choices: {}, open: true });
}

/** Puts the merged draft on the canvas, to be saved upon theirs. Undo leads back to mine alone. */
function take(all: Merge, theirs: NonNullable<Meeting["theirs"]>, choices: Meeting["choices"]): void {
  const { setStored, setSave, say } = useCanvas.getState();
  const { definition } = all.result(choices);
  const count = all.settled.filter((one) => one.theirs).length;
  takeDefinition(definition, "merge");
  placeWhatLies();
  setStored(theirs.definition, theirs.revision);
  setSave({ is: "waiting" });
  useMeeting.setState(NOTHING);
  say("conflict.merged", { count }, true);
}

export function choose(key: string, side: Side): void {
  useMeeting.setState(({ choices }) => ({ choices: { ...choices, [key]: side } }));
}

/** Ends the conflict as was chosen. */
export function settle(all: Merge): void {
  const { theirs, choices } = useMeeting.getState();
  if (theirs) take(all, theirs, choices);
}

/** Leaves theirs as it is and puts it on the canvas; undo brings mine back. */
export function takeTheirs(): void {
  const { theirs } = useMeeting.getState();
  if (!theirs) return;
  const { setStored, setSave } = useCanvas.getState();
  takeDefinition(theirs.definition, "takeTheirs");
  setStored(theirs.definition, theirs.revision);
  placeWhatLies();
  setSave({ is: "saved" });
  useMeeting.setState(NOTHING);
}

/** Opens the view again, with the newest draft. */
export async function reopen(): Promise<void> {
  if (useMeeting.getState().theirs) useMeeting.setState({ open: true });
  else await meetTheirs();
}
