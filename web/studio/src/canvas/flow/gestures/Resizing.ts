import type { Id, Point } from "../../model/definition";
import { STAGE_MIN, snap } from "../../model/geometry";
import { useCanvas } from "../../store";
import type { Gesture, Ground } from "./types";

/** A stage is pulled larger or smaller by its corner. */
export function resizing({ camera, scene }: Ground, start: Point, stage: Id): Gesture {
  const node = scene().byId.get(stage);
  const from = camera.toCanvas(start);
  const { send } = useCanvas.getState();
  return {
    move(screen) {
      if (!node) return;
      const at = camera.toCanvas(screen);
      const size = snap({ x: node.width + at.x - from.x, y: node.height + at.y - from.y });
      const place = { ...node.position, w: Math.max(STAGE_MIN.w, size.x), h: Math.max(STAGE_MIN.h, size.y) };
      send({ type: "resize", stage, place });
    },
    drop: () => send({ type: "drop" }),
    cancel: () => send({ type: "cancel" }),
  };
}
