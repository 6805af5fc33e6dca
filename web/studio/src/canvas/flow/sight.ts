/** Bringing things into view, with room for the panel at the right. */
import { useMemo } from "react";

import { isExitArrow, sources, type Definition, type Id } from "../model/definition";
import { bounds, boxOf, type Box } from "../model/geometry";
import { find } from "../model/lookup";
import { drawnNow } from "../publish/review";
import { useCanvas } from "../store";
import { useCamera, type Camera, type Margins } from "./camera";
import { sizesFor } from "./sizes";

/** How much of the canvas the panel at the right covers. */
function panelWidth(): number {
  const { side, selection } = useCanvas.getState();
  // A note is written on itself and opens no panel.
  if (!side || (side === "selection" && find(drawnNow(), selection[0])?.is === "note")) return 0;
  return document.querySelector<HTMLElement>(".rb-side")?.offsetWidth ?? 400;
}
const EDGE = 60;
const MS = 260;
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The boxes of things; an arrow is where it starts and ends. */
function boxesOf(definition: Definition, ids: readonly Id[]): Box[] {
  const { catalogue, names } = useCanvas.getState();
  const sizeOf = sizesFor(definition, catalogue, names.lang);
  return ids.flatMap((id) => {
    const found = find(definition, id);
    if (found?.is !== "arrow") return boxOf(definition, id, sizeOf) ?? [];
    const { arrow } = found;
    const from = isExitArrow(arrow) ? [arrow.from] : sources(arrow);
    return [...from, arrow.to].flatMap((end) => boxOf(definition, end, sizeOf) ?? []);
  });
}

const MARGINS: Margins = { top: 40, bottom: 96, left: 48, right: 48 };
/** Nothing is shown larger than this when it is brought into view as a whole. */
const AS_DRAWN = 1;
/** Below this, a journey is shown from its beginning and not as a whole: one should be able to read what one sees. */
const READABLE = 0.5;
const BEGIN_ZOOM = 0.62;

const drawnBoxes = (definition: Definition) =>
  boxesOf(
    definition,
    [...definition.stages, ...definition.ends, ...definition.entries, ...definition.notes].map(
      (one) => one.id,
    ),
  );

/** The first look at a journey that was just opened. */
export function firstSight(camera: Camera): void {
  const definition = drawnNow();
  const all = bounds(drawnBoxes(definition));
  if (!all) return camera.set({ x: 120, y: 96, zoom: 1 });
  camera.fit(all, MARGINS, AS_DRAWN);
  if (camera.view.zoom >= READABLE) return;
  const begin = bounds(
    boxesOf(
      definition,
      [...definition.entries, ...definition.stages].map((one) => one.id),
    ),
  );
  if (begin) camera.set({ x: 48 - begin.x * BEGIN_ZOOM, y: 56 - begin.y * BEGIN_ZOOM, zoom: BEGIN_ZOOM });
}

export function useSight() {
  const camera = useCamera();
  return useMemo(() => {
    const ms = still() ? 0 : MS;
    return {
      /** Moves the view so that the things are seen, near enough to be read if that is possible. */
      show(ids: readonly Id[]) {
        const box = bounds(boxesOf(drawnNow(), ids));
        if (!box) return;
        const { width, height } = camera.rect;
        const panel = panelWidth();
        const zoom = Math.max(camera.view.zoom, 0.75);
        if (ids.length > 1 && (box.w * zoom > width - panel || box.h * zoom > height))
          return camera.fit(box, { ...MARGINS, right: MARGINS.right + panel }, AS_DRAWN, ms);
        const low = Math.min(box.h / 2, 260);
        camera.center({ x: box.x + box.w / 2 + panel / 2 / zoom, y: box.y + low }, zoom, ms);
      },
      /** Moves the view only if the panel or the edge hides the thing. */
      reveal(id: Id, area: DOMRect) {
        const box = bounds(boxesOf(drawnNow(), [id]));
        if (!box) return;
        const { x, y, zoom } = camera.view;
        const left = box.x * zoom + x;
        const right = left + Math.min(box.w * zoom, 420);
        const free = area.width - panelWidth() - EDGE;
        const dx = right > free ? free - right : left < EDGE / 2 ? EDGE / 2 - left : 0;
        const top = box.y * zoom + y;
        const low = area.height - EDGE;
        const dy = top > low ? low - top - 60 : top + Math.min(box.h * zoom, 80) < 0 ? EDGE - top : 0;
        if (dx || dy) camera.set({ x: x + dx, y: y + dy, zoom }, ms);
      },
      fit() {
        const all = bounds(drawnBoxes(drawnNow()));
        if (all) camera.fit(all, MARGINS, AS_DRAWN, ms);
      },
      /** As `reveal`, for what is walked to by keys. */
      bringIn(id: Id) {
        this.reveal(id, camera.rect);
      },
      zoomTo: (zoom: number) => camera.zoomBy(zoom / camera.view.zoom, undefined, ms),
      zoomBy: (factor: number) => camera.zoomBy(factor, undefined, ms / 2),
    };
  }, [camera]);
}
