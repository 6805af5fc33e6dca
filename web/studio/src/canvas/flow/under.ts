/** What the page shows at a point: an arrow's line, an exit's dot, the canvas, or something that lies over it. */
import type { Point } from "../model/definition";
import { NOTHING_UNDER, type Under } from "../tools/types";

export const screenPoint = (event: { clientX: number; clientY: number }): Point => ({
  x: event.clientX,
  y: event.clientY,
});

export function underPoint(screen: Point): Under {
  const elements = document.elementsFromPoint(screen.x, screen.y) as (HTMLElement | SVGElement)[];
  const covered = elements[0]?.closest(".rb-over");
  if (covered || !elements.some((one) => one.closest(".rb-board")))
    return { ...NOTHING_UNDER, canvas: false };
  const line = elements.find((one) => one.dataset.arrow);
  const dot = elements.find((one) => one.classList.contains("rb-exit"));
  const { dotOf: step, dot: exit } = dot?.dataset ?? {};
  return {
    arrow: line?.dataset.arrow ?? null,
    exit: step && exit ? { step, exit } : null,
    canvas: true,
  };
}
