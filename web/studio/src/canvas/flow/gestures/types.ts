/** A gesture is what a pressed pointer does until it is let go: one small state a file. */
import type { Point } from "../../model/definition";
import type { Camera } from "../camera";
import type { Scene } from "../scene";

export interface Gesture {
  /** The pointer has moved; the first call comes when it has moved so far that it is no click. */
  move(screen: Point): void;
  /** Let go where it is. */
  drop(screen: Point): void;
  /** Broken off: nothing happens. */
  cancel(): void;
}

/** What gestures work on. */
export interface Ground {
  board: HTMLElement;
  camera: Camera;
  scene(): Scene;
}
