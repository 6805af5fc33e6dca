import type { Point } from "../../model/definition";
import type { Camera } from "../camera";

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const between = (a: Point, b: Point) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));

/** Two fingers push and stretch the canvas. */
export function pinching(camera: Camera, first: Point, second: Point) {
  let [a, b] = [first, second];
  return (nextA: Point, nextB: Point): void => {
    const was = middle(a, b);
    const is = middle(nextA, nextB);
    camera.pan(is.x - was.x, is.y - was.y);
    camera.zoomBy(between(nextA, nextB) / between(a, b), is);
    [a, b] = [nextA, nextB];
  };
}
