import { create } from "zustand";

import type { Point } from "../../model/definition";
import { useCanvas } from "../../store";
import type { ToolEvent } from "../../tools/types";
import { underPoint } from "../under";
import { edgePull } from "./edge";
import type { Gesture, Ground } from "./types";

/** The line that is being drawn, from its dot to the pointer. */
export const usePulled = create<{ from: Point | null; to: Point | null }>(() => ({ from: null, to: null }));

/** An arrow is drawn from a dot, or one end of an arrow is hung somewhere else: `begin` says which. */
export function pulling({ camera }: Ground, from: Point, begin: ToolEvent): Gesture {
  let begun = false;
  const { send } = useCanvas.getState();
  const aim = (screen: Point) => {
    const to = camera.toCanvas(screen);
    usePulled.setState({ from, to });
    send({ type: "aim", screen, point: to, under: underPoint(screen) });
  };
  const pull = edgePull(camera, aim);
  const stop = () => {
    pull.stop();
    usePulled.setState({ from: null, to: null });
  };
  return {
    move(screen) {
      if (!begun) send(begin);
      begun = true;
      aim(screen);
      pull.aim(screen);
    },
    drop(screen) {
      stop();
      send({ type: "release", screen, point: camera.toCanvas(screen), under: underPoint(screen) });
    },
    cancel() {
      stop();
      send({ type: "cancel" });
    },
  };
}
