/** What is dragged follows the pointer by its style alone, and its arrows with it; nothing is made anew before it is
 *  let go. */
import { useEffect, type RefObject } from "react";

import type { Id, Point } from "../model/definition";
import { useCanvas } from "../store";
import type { ToolState } from "../tools/types";
import { chipSpot, corners, roundedPath } from "./path";
import type { Line, Scene } from "./scene";

const STILL: Point = { x: 0, y: 0 };

/** The elements that follow: cards with what lies in them, lines and the words on them. */
class Held {
  private cards: { id: Id; element: HTMLElement }[] = [];
  private lines: { line: Line; element: Element }[] = [];
  private labels: { line: Line; element: HTMLElement }[] = [];
  private shifts = new Map<Id, Point>();

  constructor(
    private root: HTMLElement,
    private scene: Scene,
    moved: readonly Id[],
  ) {
    const ids = new Set(moved.flatMap((id) => [id, ...(scene.inside.get(id) ?? []).map((step) => step.id)]));
    for (const element of root.querySelectorAll<HTMLElement>("[data-node], [data-with]")) {
      const id = element.dataset.node ?? element.dataset.with ?? "";
      if (ids.has(id)) this.cards.push({ id, element });
    }
    const touched = new Map(
      scene.lines
        .filter(({ edge }) => ids.has(edge.source) || ids.has(edge.target))
        .map((line) => [line.edge.id, line]),
    );
    for (const element of root.querySelectorAll<HTMLElement | SVGGElement>("[data-line]")) {
      const line = touched.get(element.dataset.line ?? "");
      if (line && element instanceof HTMLElement) this.labels.push({ line, element });
      else if (line) this.lines.push({ line, element });
    }
    root.classList.add("rb-carrying");
  }

  follow(moved: Readonly<Record<Id, Point>>): void {
    this.shifts.clear();
    for (const [id, at] of Object.entries(moved)) {
      const node = this.scene.byId.get(id);
      if (!node) continue;
      const shift = { x: at.x - node.position.x, y: at.y - node.position.y };
      this.shifts.set(id, shift);
      for (const step of this.scene.inside.get(id) ?? []) this.shifts.set(step.id, shift);
    }
    this.draw();
  }

  letGo(): void {
    this.shifts.clear();
    this.draw();
    for (const { element } of this.cards) element.style.transform = element.style.zIndex = "";
    this.root.classList.remove("rb-carrying");
  }

  private draw(): void {
    const shiftOf = (id: Id) => this.shifts.get(id) ?? STILL;
    for (const { id, element } of this.cards) {
      const shift = shiftOf(id);
      element.style.transform = `translate(${shift.x}px, ${shift.y}px)`;
      element.style.zIndex = "5";
    }
    const pointsOf = ({ edge, from, to }: Line) => {
      const a = shiftOf(edge.source);
      const b = shiftOf(edge.target);
      const together = a.x === b.x && a.y === b.y;
      const route = together
        ? { ...edge.data.route, via: edge.data.route.via.map((at) => ({ x: at.x + a.x, y: at.y + a.y })) }
        : edge.data.route;
      return corners({ x: from.x + a.x, y: from.y + a.y }, { x: to.x + b.x, y: to.y + b.y }, route);
    };
    for (const { line, element } of this.lines) {
      const path = roundedPath(pointsOf(line));
      for (const one of element.querySelectorAll("path")) one.setAttribute("d", path);
    }
    for (const { line, element } of this.labels) {
      const spot = chipSpot(pointsOf(line), line.edge.data.route);
      Object.assign(element.style, { left: `${spot.x}px`, top: `${spot.y}px` });
    }
  }
}

/** A stage that is being pulled larger shows its new size at once. */
function resize(root: HTMLElement, scene: Scene, tool: ToolState): () => void {
  if (tool.name !== "resizing") return () => undefined;
  const element = root.querySelector<HTMLElement>(`[data-node="${CSS.escape(tool.stage)}"]`);
  const node = scene.byId.get(tool.stage);
  if (!element || !node) return () => undefined;
  element.style.width = `${tool.place.w}px`;
  element.style.height = `${tool.place.h}px`;
  return () => {
    element.style.width = `${node.width}px`;
    element.style.height = `${node.height}px`;
  };
}

export function useFollowing(board: RefObject<HTMLElement | null>, scene: RefObject<Scene>): void {
  useEffect(() => {
    let held: Held | null = null;
    let back: () => void = () => undefined;
    const stop = useCanvas.subscribe(({ tool }, before) => {
      const root = board.current;
      if (tool === before.tool || !root) return;
      if (tool.name === "moving") {
        held ??= new Held(root, scene.current, Object.keys(tool.moved));
        held.follow(tool.moved);
      } else if (held) {
        held.letGo();
        held = null;
      }
      if (before.tool.name === "resizing") back();
      back = resize(root, scene.current, tool);
    });
    return () => {
      stop();
      held?.letGo();
    };
  }, [board, scene]);
}
