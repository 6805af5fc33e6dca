/** A drawing that can only be looked at: cards and lines under a camera that may be shared with another sheet. */
import { useEffect, useMemo, useRef, type ReactNode } from "react";

import { CameraContext, type Camera, type View } from "../flow/camera";
import { Drawing } from "../flow/Drawing";
import { listenToWheel } from "../flow/gestures/wheel";
import { sceneOf, type Scene } from "../flow/scene";
import { flowDrawer } from "../flow/toFlow";
import type { Definition, Id } from "../model/definition";
import { useCanvas } from "../store";

interface Props {
  definition: Definition;
  camera: Camera;
  label: string;
  title: ReactNode;
  onPick?(node: Id): void;
  children?(scene: Scene): ReactNode;
}

export function Sheet({ definition, camera, label, title, onPick, children }: Props) {
  const area = useRef<HTMLDivElement>(null);
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  const draw = useMemo(() => flowDrawer(), []);
  const scene = useMemo(
    () => sceneOf(draw(definition, { catalogue, names })),
    [draw, definition, catalogue, names],
  );
  useEffect(() => {
    const board = area.current;
    if (!board) return;
    camera.mount(board);
    const stops = [listenToWheel(board, camera), listenToHand(board, camera, onPick)];
    return () => {
      stops.forEach((stop) => stop());
      camera.mount(null);
    };
  }, [camera, onPick]);
  return (
    <section className="rb-pane" aria-label={label}>
      <header className="rb-pane-title">{title}</header>
      <div className="rb-board rb-still" ref={area} tabIndex={-1}>
        <CameraContext value={camera}>
          <Drawing scene={scene}>{children?.(scene)}</Drawing>
        </CameraContext>
      </div>
    </section>
  );
}

const CLICK_WITHIN = 4;

/** The pointer pushes the sheet about; a press that stays where it is picks what lies under it. */
function listenToHand(board: HTMLElement, camera: Camera, onPick?: (node: Id) => void): () => void {
  let from: { x: number; y: number; far: boolean } | null = null;
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY, far: false };
    board.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (!from) return;
    const dx = event.clientX - from.x;
    const dy = event.clientY - from.y;
    if (!from.far && Math.hypot(dx, dy) < CLICK_WITHIN) return;
    camera.pan(dx, dy);
    from = { x: event.clientX, y: event.clientY, far: true };
  };
  const up = (event: PointerEvent) => {
    const picked = from && !from.far ? idAt(board, event) : null;
    from = null;
    if (picked) onPick?.(picked);
  };
  const lost = () => (from = null);
  board.addEventListener("pointerdown", down);
  board.addEventListener("pointermove", move);
  board.addEventListener("pointerup", up);
  board.addEventListener("pointercancel", lost);
  return () => {
    board.removeEventListener("pointerdown", down);
    board.removeEventListener("pointermove", move);
    board.removeEventListener("pointerup", up);
    board.removeEventListener("pointercancel", lost);
  };
}

/** The thing under the pointer; the smallest card first, then the words on an arrow. */
function idAt(board: HTMLElement, { clientX, clientY }: PointerEvent): Id | null {
  const under = document
    .elementsFromPoint(clientX, clientY)
    .filter((one) => board.contains(one))
    .map((one) => one.closest<HTMLElement>("[data-node], [data-arrow]"))
    .find((one) => one !== null);
  return under?.dataset.node ?? under?.dataset.arrow ?? null;
}

/** Lets two cameras look at the same place: when one is moved, the other follows. Gives back how to part them. */
export function tie(a: Camera, b: Camera): () => void {
  let leading = false;
  const follow = (other: Camera) => (view: View) => {
    // A camera that only says again where it is must not stop the other on its way.
    const { x, y, zoom } = other.view;
    if (leading || (x === view.x && y === view.y && zoom === view.zoom)) return;
    leading = true;
    other.set(view);
    leading = false;
  };
  const stops = [b.watch(follow(a)), a.watch(follow(b))];
  return () => stops.forEach((stop) => stop());
}
