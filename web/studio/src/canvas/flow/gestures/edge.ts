/** Near the border of the view, what is carried pulls the view along. */
import type { Point } from "../../model/definition";
import type { Camera } from "../camera";

const NEAR = 36;
const FASTEST = 16;

const pull = (at: number, low: number, high: number): number => {
  if (at < low + NEAR) return Math.min(1, (low + NEAR - at) / NEAR);
  if (at > high - NEAR) return -Math.min(1, (at - high + NEAR) / NEAR);
  return 0;
};

/** `again` is called after each push, since what is under the pointer has changed. */
export function edgePull(camera: Camera, again: (screen: Point) => void) {
  let frame = 0;
  let at: Point | null = null;
  const step = () => {
    frame = 0;
    if (!at) return;
    const { left, right, top, bottom } = camera.rect;
    const dx = pull(at.x, left, right) * FASTEST;
    const dy = pull(at.y, top, bottom) * FASTEST;
    if (dx === 0 && dy === 0) return;
    camera.pan(dx, dy);
    again(at);
    frame = requestAnimationFrame(step);
  };
  return {
    aim(screen: Point) {
      at = screen;
      if (frame === 0) frame = requestAnimationFrame(step);
    },
    stop() {
      at = null;
      cancelAnimationFrame(frame);
    },
  };
}
