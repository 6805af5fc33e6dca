/** What is pressed: the ground, a card, a dot, an arrow or its end. */
import type { Id, Point } from "../../model/definition";
import { find } from "../../model/lookup";
import { useCanvas } from "../../store";
import type { ArrowStart } from "../../tools/types";
import { ANY_NODE } from "../plan";
import { dotAt, stepNear } from "../scene";
import { carrying } from "./Carrying";
import { marquee } from "./Marquee";
import { panning } from "./Panning";
import { pulling } from "./Pulling";
import { resizing } from "./Resizing";
import type { Gesture, Ground } from "./types";

export interface Press {
  /** The thing under the pointer; null on the bare canvas. */
  id: Id | null;
  begin(start: Point): Gesture;
  click(event: PointerEvent): void;
}

/** These take their presses themselves. */
const OWN = "button, input, textarea, select, a, .nodrag, .rb-over";
const MIDDLE = 1;

export function pressOn(ground: Ground, event: PointerEvent | MouseEvent, space: boolean): Press | null {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || (target.closest(OWN) && !target.closest("[data-dot]"))) return null;
  const under = idUnder(target);
  const id = markUnder(ground, under, event) ?? under;
  const pan: Press = { id, begin: (start) => panning(ground, start), click: (up) => clickOn(id, up) };
  if (event.button === MIDDLE || space) return { ...pan, click: () => undefined };
  const { readOnly } = useCanvas.getState();
  if (event.shiftKey && !readOnly) return { ...pan, begin: (start) => marquee(ground, start) };
  if (readOnly) return pan;
  return (
    pressOnPart(ground, target) ??
    (under && isCard(under) ? { ...pan, begin: (start) => carrying(ground, start, under) } : pan)
  );
}

/** A dot, an arrow's end or a stage's corner. */
function pressOnPart(ground: Ground, target: Element): Press | null {
  const dot = target.closest<HTMLElement>("[data-dot]");
  const start = dot && startOf(dot.dataset.dotOf ?? null, dot.dataset.dot ?? null);
  if (dot && start) {
    const from = dotAt(ground.scene().byId, dot.dataset.dotOf ?? "", dot.dataset.dot);
    return {
      id: dot.dataset.dotOf ?? null,
      begin: (at) => pulling(ground, from ?? ground.camera.toCanvas(at), { type: "pull", start }),
      click: (up) =>
        useCanvas.getState().send({ type: "pick", start, screen: { x: up.clientX, y: up.clientY } }),
    };
  }
  const end = target.closest<SVGElement>("[data-end]");
  const line = end && ground.scene().lines.find((one) => one.edge.id === end.dataset.endOf);
  const arrow = line?.edge.data.arrow;
  if (end && line && arrow) {
    const moved = end.dataset.end === "source" ? "source" : "target";
    const begin = { type: "unhook", arrow: arrow.id, end: moved, stage: line.edge.data.from } as const;
    return {
      id: arrow.id,
      begin: () => pulling(ground, moved === "source" ? line.to : line.from, begin),
      click: (up) => clickOn(arrow.id, up),
    };
  }
  const stage = target.closest<HTMLElement>("[data-resize]")?.dataset.resize;
  return stage ? { id: stage, begin: (at) => resizing(ground, at, stage), click: () => undefined } : null;
}

function idUnder(target: Element): Id | null {
  const id =
    target.closest<HTMLElement>("[data-node]")?.dataset.node ??
    target.closest<SVGElement>("[data-arrow]")?.dataset.arrow ??
    null;
  return id && find(useCanvas.getState().history.present, id) ? id : null;
}

/** From afar a stage's steps are only marks on it: the one that is clicked at, or hit nearly, in pixels of the screen. */
const NEARLY = 10;
function markUnder({ camera, scene }: Ground, under: Id | null, event: PointerEvent | MouseEvent): Id | null {
  if (!under || useCanvas.getState().level !== "map") return null;
  const point = camera.toCanvas({ x: event.clientX, y: event.clientY });
  return stepNear(scene(), under, point, NEARLY / camera.view.zoom);
}

const isCard = (id: Id) => find(useCanvas.getState().history.present, id)?.is !== "arrow";

/** Where an arrow starts that is pulled out of this dot. */
function startOf(node: Id | null, dot: string | null): ArrowStart | null {
  if (node === ANY_NODE) return { from: "any" };
  const found = find(useCanvas.getState().history.present, node);
  if (found?.is === "step" && dot) return { from: "exit", step: found.step.id, exit: dot };
  if (found?.is === "stage") return { from: "stage", stage: found.stage.id };
  if (found?.is === "entry") return { from: "entry", entry: found.entry.id };
  return null;
}

/** A click selects and opens; with Shift, Ctrl or ⌘ it adds to the selection or takes out of it. */
function clickOn(id: Id | null, event: PointerEvent): void {
  const { send, select, selection, side, setSide } = useCanvas.getState();
  const more = event.shiftKey || event.ctrlKey || event.metaKey;
  if (!id) {
    if (more) return;
    send({ type: "cancel" });
    select([]);
    if (side === "selection") setSide(null);
  } else if (more) {
    select(selection.includes(id) ? selection.filter((one) => one !== id) : [...selection, id]);
  } else {
    send({ type: "cancel" });
    select([id], true);
  }
}
