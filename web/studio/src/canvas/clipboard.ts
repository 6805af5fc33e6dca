/** Copy, cut and paste through the browser's own clipboard, as JSON: also between journeys and tabs. */
import { copy, readClip, type Clip } from "./model/clip";
import type { Id, Point } from "./model/definition";
import { bounds } from "./model/geometry";
import { find } from "./model/lookup";
import { definitionNow, useCanvas } from "./store";
import { isTyping } from "./typing";

const BESIDE: Point = { x: 40, y: 40 };

export function duplicate(ids: readonly Id[]): void {
  const clip = copy(definitionNow(), ids);
  if (clip) useCanvas.getState().run({ do: "paste", clip, by: BESIDE });
}

/** Pasted beside what it was copied from; in another journey in the middle of what is seen. */
function paste(clip: Clip, middle: Point): void {
  const definition = definitionNow();
  const { run, selection } = useCanvas.getState();
  const target = selection.map((id) => find(definition, id)).find((found) => found?.is === "stage");
  const stage = target?.is === "stage" ? target.stage.id : undefined;
  const isHere = [...clip.stages, ...clip.steps, ...clip.ends, ...clip.notes].every((one) =>
    find(definition, one.id),
  );
  const box = bounds(
    clip.stages.flatMap((one) => (clip.layout[one.id] ? [{ w: 320, h: 240, ...clip.layout[one.id]! }] : [])),
  );
  const by =
    isHere || !box
      ? BESIDE
      : { x: Math.round(middle.x - box.x - box.w / 2), y: Math.round(middle.y - box.y - box.h / 2) };
  run({ do: "paste", clip, by, stage });
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
