/** Bringing things into view, with room for the panel at the right. */
import { useReactFlow } from "@xyflow/react";
import { useMemo } from "react";

import { isExitArrow, sources, type Definition, type Id } from "../model/definition";
import { bounds, boxOf, type Box } from "../model/geometry";
import { find } from "../model/lookup";
import { drawnNow } from "../publish/review";
import { useCanvas } from "../store";
import { sizesFor } from "./sizes";

/** How much of the canvas the panel at the right covers. */
const panelWidth = () =>
  useCanvas.getState().side ? (document.querySelector<HTMLElement>(".rb-side")?.offsetWidth ?? 400) : 0;
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

export function useSight() {
  const flow = useReactFlow();
  return useMemo(() => {
    const duration = still() ? 0 : MS;
    return {
      /** Moves the view so that the things are seen, near enough to be read. */
      show(ids: readonly Id[]) {
        const box = bounds(boxesOf(drawnNow(), ids));
        if (!box) return;
        const zoom = Math.max(flow.getZoom(), 0.75);
        const shift = panelWidth() / 2 / zoom;
        void flow.setCenter(box.x + box.w / 2 + shift, box.y + Math.min(box.h / 2, 260), { zoom, duration });
      },
      /** Moves the view only if the panel or the edge hides the thing. */
      reveal(id: Id, area: DOMRect) {
        const box = bounds(boxesOf(useCanvas.getState().history.present, [id]));
        if (!box) return;
        const { x, y, zoom } = flow.getViewport();
        const left = box.x * zoom + x;
        const right = left + Math.min(box.w * zoom, 420);
        const free = area.width - panelWidth() - EDGE;
        const dx = right > free ? free - right : left < EDGE / 2 ? EDGE / 2 - left : 0;
        const top = box.y * zoom + y;
        const low = area.height - EDGE;
        const dy = top > low ? low - top - 60 : top + Math.min(box.h * zoom, 80) < 0 ? EDGE - top : 0;
        if (dx || dy) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration });
      },
      fit: (padding: Parameters<typeof flow.fitView>[0]) => flow.fitView({ ...padding, duration }),
    };
  }, [flow]);
}
