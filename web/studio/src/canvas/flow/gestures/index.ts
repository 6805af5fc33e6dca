/** Pointers on the board: which gesture a press begins, and when a press is only a click. */
import type { Point } from "../../model/definition";
import { useCanvas } from "../../store";
import { pinching } from "./Pinching";
import { pressOn, type Press } from "./pressing";
import type { Gesture, Ground } from "./types";
import { listenToWheel } from "./wheel";

const CLICK_WITHIN = { mouse: 3, touch: 9 };
const LONG_PRESS_MS = 520;

const pointOf = (event: PointerEvent | MouseEvent): Point => ({ x: event.clientX, y: event.clientY });
const far = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);

/** One press of one pointer. */
interface Hold {
  pointer: number;
  touch: boolean;
  start: Point;
  press: Press;
  gesture: Gesture | null;
  long: number;
}

export function listen(ground: Ground): () => void {
  const { board, camera } = ground;
  const fingers = new Map<number, Point>();
  let hold: Hold | null = null;
  let pinch: ReturnType<typeof pinching> | null = null;
  let space = false;

  const letGo = (how: "drop" | "cancel", at: Point) => {
    if (!hold) return;
    window.clearTimeout(hold.long);
    if (how === "drop") hold.gesture?.drop(at);
    else hold.gesture?.cancel();
    hold = null;
  };

  const down = (event: PointerEvent) => {
    camera.measure();
    const press = pressOn(ground, event, space);
    if (!press) return;
    const at = pointOf(event);
    const touch = event.pointerType === "touch";
    if (touch) fingers.set(event.pointerId, at);
    if (fingers.size === 2) {
      letGo("cancel", at);
      const [a, b] = [...fingers.values()];
      pinch = pinching(camera, a!, b!);
      return;
    }
    if (hold) return;
    hold = { pointer: event.pointerId, touch, start: at, press, gesture: null, long: 0 };
    if (touch) hold.long = window.setTimeout(openMenu, LONG_PRESS_MS);
  };

  const openMenu = () => {
    if (!hold || hold.gesture) return;
    const { press, start } = hold;
    hold = null;
    useCanvas.getState().openMenu(start, press.id);
  };

  const move = (event: PointerEvent) => {
    const at = pointOf(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, at);
    if (pinch && fingers.size >= 2) {
      const [a, b] = [...fingers.values()];
      return pinch(a!, b!);
    }
    if (!hold || hold.pointer !== event.pointerId) return;
    if (!hold.gesture) {
      if (far(at, hold.start) < (hold.touch ? CLICK_WITHIN.touch : CLICK_WITHIN.mouse)) return;
      window.clearTimeout(hold.long);
      hold.gesture = hold.press.begin(hold.start);
    }
    hold.gesture.move(at);
  };

  const up = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    if (fingers.size < 2) pinch = null;
    if (!hold || hold.pointer !== event.pointerId) return;
    const { gesture, press } = hold;
    letGo("drop", pointOf(event));
    if (!gesture) press.click(event);
  };

  const lost = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    if (fingers.size < 2) pinch = null;
    if (hold?.pointer === event.pointerId) letGo("cancel", pointOf(event));
  };

  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape" && hold?.gesture) letGo("cancel", hold.start);
    if (event.code !== "Space" || event.target !== board) return;
    space = event.type === "keydown";
    board.classList.toggle("rb-space", space);
    event.preventDefault();
  };

  const menu = (event: MouseEvent) => {
    const press = pressOn(ground, event, false);
    if (!press) return;
    event.preventDefault();
    useCanvas.getState().openMenu(pointOf(event), press.id);
  };

  const stopWheel = listenToWheel(board, camera);
  board.addEventListener("pointerdown", down);
  board.addEventListener("contextmenu", menu);
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", lost);
  window.addEventListener("keydown", key, true);
  window.addEventListener("keyup", key, true);
  return () => {
    letGo("cancel", { x: 0, y: 0 });
    stopWheel();
    board.removeEventListener("pointerdown", down);
    board.removeEventListener("contextmenu", menu);
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", lost);
    window.removeEventListener("keydown", key, true);
    window.removeEventListener("keyup", key, true);
  };
}
