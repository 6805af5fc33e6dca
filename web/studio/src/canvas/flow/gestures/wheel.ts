/** The wheel pushes the canvas; with Ctrl or ⌘, or by two fingers on a pad, it zooms at the pointer. */
import type { Camera } from "../camera";

const LINE = 18;
const PER_PIXEL = 0.0028;
const MOST_AT_ONCE = 90;

export function listenToWheel(board: HTMLElement, camera: Camera): () => void {
  const turn = (event: WheelEvent) => {
    if (event.target instanceof Element && event.target.closest(".rb-scrolls")) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE : 1;
    if (event.ctrlKey || event.metaKey) {
      const by = Math.max(-MOST_AT_ONCE, Math.min(MOST_AT_ONCE, event.deltaY * unit));
      // A pad sends many small steps, a mouse few large ones.
      const pace = Math.abs(event.deltaY) < 10 ? 4 : 1;
      return camera.zoomBy(Math.exp(-by * PER_PIXEL * pace), { x: event.clientX, y: event.clientY });
    }
    const sideways = event.shiftKey && event.deltaX === 0;
    const dx = (sideways ? event.deltaY : event.deltaX) * unit;
    const dy = (sideways ? 0 : event.deltaY) * unit;
    camera.pan(-dx, -dy);
  };
  board.addEventListener("wheel", turn, { passive: false });
  return () => board.removeEventListener("wheel", turn);
}
