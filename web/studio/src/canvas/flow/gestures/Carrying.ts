import type { Id, Point } from "../../model/definition";
import { snap } from "../../model/geometry";
import { useCanvas } from "../../store";
import { lineAt } from "../scene";
import { edgePull } from "./edge";
import type { Gesture, Ground } from "./types";

/** Cards are being moved: the one that was taken hold of, and with it all others that are selected. */
export function carrying({ camera, scene }: Ground, start: Point, id: Id): Gesture {
  const { byId } = scene();
  const from = camera.toCanvas(start);
  const { selection } = useCanvas.getState();
  const together = selection.includes(id) ? selection : [id];
  const chosen = new Set(together);
  const places = together.flatMap((one): [Id, Point][] => {
    const node = byId.get(one);
    if (!node || node.type === "any" || (node.parentId && chosen.has(node.parentId))) return [];
    return [[one, node.position]];
  });
  const held = byId.get(id)?.position ?? { x: 0, y: 0 };
  const drag = (screen: Point) => {
    const point = camera.toCanvas(screen);
    // All move by the same amount, so that they keep their places among each other.
    const to = snap({ x: held.x + point.x - from.x, y: held.y + point.y - from.y });
    const moved = Object.fromEntries(
      places.map(([one, at]) => [one, { x: at.x + to.x - held.x, y: at.y + to.y - held.y }]),
    );
    const arrow = places.length === 1 ? lineAt(scene(), point, id) : null;
    useCanvas.getState().send({ type: "drag", moved, point, arrow });
  };
  const pull = edgePull(camera, drag);
  return {
    move(screen) {
      drag(screen);
      pull.aim(screen);
    },
    drop() {
      pull.stop();
      useCanvas.getState().send({ type: "drop" });
    },
    cancel() {
      pull.stop();
      useCanvas.getState().send({ type: "cancel" });
    },
  };
}
