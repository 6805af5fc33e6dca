import type { Id, Point } from "../../model/definition";
import { contains, overlaps, type Box } from "../../model/geometry";
import { useCanvas } from "../../store";
import { placeOn, type Scene } from "../scene";
import { edgePull } from "./edge";
import type { Gesture, Ground } from "./types";

/** A frame is drawn; what it touches is selected, a stage only if it is wholly in it. */
export function marquee(ground: Ground, start: Point): Gesture {
  const { board, camera } = ground;
  const from = camera.toCanvas(start);
  const before = useCanvas.getState().selection;
  const frame = document.createElement("div");
  frame.className = "rb-marquee";
  board.append(frame);
  const draw = (screen: Point) => {
    const to = camera.toCanvas(screen);
    const box = boxBetween(from, to);
    const { x, y, zoom } = camera.view;
    frame.style.transform = `translate(${box.x * zoom + x}px, ${box.y * zoom + y}px)`;
    frame.style.width = `${box.w * zoom}px`;
    frame.style.height = `${box.h * zoom}px`;
    useCanvas.getState().select([...new Set([...before, ...inFrame(ground.scene(), box)])]);
  };
  const pull = edgePull(camera, draw);
  const stop = () => {
    pull.stop();
    frame.remove();
  };
  return {
    move(screen) {
      draw(screen);
      pull.aim(screen);
    },
    drop: stop,
    cancel() {
      stop();
      useCanvas.getState().select(before);
    },
  };
}

const boxBetween = (a: Point, b: Point): Box => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  w: Math.abs(a.x - b.x),
  h: Math.abs(a.y - b.y),
});

/** Steps of a stage that is selected whole come along with it and are not named themselves. */
export function inFrame({ flow, byId }: Scene, frame: Box): Id[] {
  const chosen = new Set<Id>();
  for (const node of flow.nodes) {
    if (node.type === "any" || (node.parentId && chosen.has(node.parentId))) continue;
    const at = placeOn(byId, node);
    const box = { ...at, w: node.width, h: node.height };
    const whole = contains(frame, at) && contains(frame, { x: at.x + node.width, y: at.y + node.height });
    if (node.type === "stage" ? whole : overlaps(frame, box)) chosen.add(node.id);
  }
  return [...chosen];
}
