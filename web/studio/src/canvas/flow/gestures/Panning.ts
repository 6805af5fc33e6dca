import type { Point } from "../../model/definition";
import type { Gesture, Ground } from "./types";

/** The canvas is being pushed about. */
export function panning({ board, camera }: Ground, start: Point): Gesture {
  let last = start;
  board.classList.add("rb-panning");
  const stop = () => board.classList.remove("rb-panning");
  return {
    move(screen) {
      camera.pan(screen.x - last.x, screen.y - last.y);
      last = screen;
    },
    drop: stop,
    cancel: stop,
  };
}
