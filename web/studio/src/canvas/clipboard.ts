/** Copy, cut and paste through the browser's own clipboard, as JSON: also between journeys and tabs. */
import { copy, readClip, type Clip } from "./model/clip";
import type { Id, Point } from "./model/definition";
import { STEP_GAP, bounds, placeOf } from "./model/geometry";
import { find, stepsOf } from "./model/lookup";
import { sizesFor } from "./flow/sizes";
import { definitionNow, useCanvas } from "./store";
import { isTyping } from "./typing";

const BESIDE: Point = { x: 40, y: 40 };
const BELOW = 64;

export function duplicate(ids: readonly Id[]): void {
  const clip = copy(definitionNow(), ids);
  if (clip) useCanvas.getState().run({ do: "paste", clip, by: roomFor(clip) });
}

/** Copies stand where there is room: stages below what they were copied from, steps below all of their stage. */
function roomFor(clip: Clip, stage?: Id): Point {
  const box = frame(clip);
  if (box) return { x: 0, y: box.h + BELOW };
  const first = clip.steps[0];
  const home = stage ?? first?.stage;
  if (!first || !home) return BESIDE;
  const { history, catalogue, names } = useCanvas.getState();
  const sizeOf = sizesFor(history.present, catalogue, names.lang);
  const lowest = stepsOf(history.present, home).map(
    (step) => placeOf(history.present, step.id).y + sizeOf(step.id).h,
  );
  const top = Math.min(...clip.steps.map((step) => clip.layout[step.id]?.y ?? 0));
  return { x: 0, y: Math.max(0, ...lowest) + STEP_GAP - top };
}

const frame = (clip: Clip) =>
  bounds(
    clip.stages.flatMap((one) => (clip.layout[one.id] ? [{ w: 320, h: 240, ...clip.layout[one.id]! }] : [])),
  );

/** Pasted beside what it was copied from; in another journey in the middle of what is seen. */
function paste(clip: Clip, middle: Point): void {
  const definition = definitionNow();
  const { run, selection } = useCanvas.getState();
  const target = selection.map((id) => find(definition, id)).find((found) => found?.is === "stage");
  const stage = target?.is === "stage" ? target.stage.id : undefined;
  const isHere = [...clip.stages, ...clip.steps, ...clip.ends, ...clip.notes].every((one) =>
    find(definition, one.id),
  );
  const box = frame(clip);
  const by =
    isHere || !box
      ? roomFor(clip, stage)
      : { x: Math.round(middle.x - box.x - box.w / 2), y: Math.round(middle.y - box.y - box.h / 2) };
  run({ do: "paste", clip, by, stage });
}

/** Copies by a menu instead of a key; the browser may ask whether that is wanted. */
export async function copySelection(cut: boolean): Promise<void> {
  const { selection, remove, readOnly, say } = useCanvas.getState();
  const clip = copy(definitionNow(), selection);
  if (!clip) return;
  try {
    await navigator.clipboard.writeText(JSON.stringify(clip));
    if (cut && !readOnly) remove(selection);
  } catch {
    // No permission, or not a secure address: the keys work everywhere.
    say("notice.use-keys");
  }
}

/** Pastes by a menu, where the menu was opened. */
export async function pasteHere(point: Point): Promise<void> {
  try {
    const clip = readClip(await navigator.clipboard.readText());
    if (clip) paste(clip, point);
    else useCanvas.getState().say("notice.nothing-to-paste");
  } catch {
    useCanvas.getState().say("notice.use-keys");
  }
}

export function startClipboard(middle: () => Point): () => void {
  const take = (event: ClipboardEvent, cut: boolean) => {
    if (isTyping(event.target) || window.getSelection()?.toString()) return;
    const { selection, remove, readOnly } = useCanvas.getState();
    const clip = copy(definitionNow(), selection);
    if (!clip || !event.clipboardData) return;
    event.clipboardData.setData("text/plain", JSON.stringify(clip));
    event.preventDefault();
    if (cut && !readOnly) remove(selection);
  };
  const onCopy = (event: ClipboardEvent) => take(event, false);
  const onCut = (event: ClipboardEvent) => take(event, true);
  const onPaste = (event: ClipboardEvent) => {
    if (isTyping(event.target)) return;
    const clip = readClip(event.clipboardData?.getData("text/plain") ?? "");
    if (!clip) return;
    event.preventDefault();
    paste(clip, middle());
  };
  document.addEventListener("copy", onCopy);
  document.addEventListener("cut", onCut);
  document.addEventListener("paste", onPaste);
  return () => {
    document.removeEventListener("copy", onCopy);
    document.removeEventListener("cut", onCut);
    document.removeEventListener("paste", onPaste);
  };
}
