/** Where one looks: a shift and a zoom, kept outside React so that moving it moves one element and nothing else. */
import { createContext, useContext } from "react";

import type { Point } from "../model/definition";
import type { Box } from "../model/geometry";

export interface View extends Point {
  zoom: number;
}
export interface Margins {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export const LEAST_ZOOM = 0.04;
export const MOST_ZOOM = 2;
const within = (zoom: number, least = LEAST_ZOOM, most = MOST_ZOOM) => Math.min(most, Math.max(least, zoom));

export class Camera {
  view: View = { x: 0, y: 0, zoom: 1 };
  rect = new DOMRect(0, 0, window.innerWidth, window.innerHeight);
  private area: HTMLElement | null = null;
  private sizes: ResizeObserver | null = null;
  private watchers = new Set<(view: View) => void>();
  private frame = 0;

  /** The element through which one looks; null when it goes. */
  mount(area: HTMLElement | null): void {
    this.area = area;
    this.sizes?.disconnect();
    this.sizes = null;
    this.measure();
    if (!area) return;
    this.sizes = new ResizeObserver(() => {
      this.measure();
      this.show(this.view);
    });
    this.sizes.observe(area);
  }

  /** Looks where the element is now. Asking the page at every move would make it lay out everything each time. */
  measure(): void {
    this.rect =
      this.area?.getBoundingClientRect() ?? new DOMRect(0, 0, window.innerWidth, window.innerHeight);
  }

  /** Calls back on every move, beginning now; returns how to stop. */
  watch(seen: (view: View) => void): () => void {
    this.watchers.add(seen);
    seen(this.view);
    return () => this.watchers.delete(seen);
  }

  /** What is seen, on the canvas; with so many pixels of the screen more at each side. */
  seen(margin = 0): Box {
    const { width, height } = this.rect;
    const { x, y, zoom } = this.view;
    return {
      x: (-margin - x) / zoom,
      y: (-margin - y) / zoom,
      w: (width + 2 * margin) / zoom,
      h: (height + 2 * margin) / zoom,
    };
  }

  toCanvas(screen: Point): Point {
    const { left, top } = this.rect;
    const { x, y, zoom } = this.view;
    return { x: (screen.x - left - x) / zoom, y: (screen.y - top - y) / zoom };
  }

  toScreen(point: Point): Point {
    const { left, top } = this.rect;
    const { x, y, zoom } = this.view;
    return { x: point.x * zoom + x + left, y: point.y * zoom + y + top };
  }

  set(view: View, ms = 0): void {
    cancelAnimationFrame(this.frame);
    const zoom = within(view.zoom);
    if (ms <= 0) return this.show({ ...view, zoom });
    const from = this.view;
    const begun = performance.now();
    const step = (now: number) => {
      const share = Math.min(1, (now - begun) / ms);
      const eased = 1 - (1 - share) ** 3;
      const between = (a: number, b: number) => a + (b - a) * eased;
      this.show({
        x: between(from.x, view.x),
        y: between(from.y, view.y),
        zoom: between(from.zoom, zoom),
      });
      if (share < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  pan(dx: number, dy: number): void {
    this.set({ ...this.view, x: this.view.x + dx, y: this.view.y + dy });
  }

  /** Zooms so that what is under a point of the screen stays there; without a point, the middle stays. */
  zoomBy(factor: number, about?: Point, ms = 0): void {
    const { left, top, width, height } = this.rect;
    const at = about ? { x: about.x - left, y: about.y - top } : { x: width / 2, y: height / 2 };
    const zoom = within(this.view.zoom * factor);
    const grown = zoom / this.view.zoom;
    const { x, y } = this.view;
    this.set({ x: at.x - (at.x - x) * grown, y: at.y - (at.y - y) * grown, zoom }, ms);
  }

  center(point: Point, zoom: number, ms = 0): void {
    const { width, height } = this.rect;
    this.set({ x: width / 2 - point.x * zoom, y: height / 2 - point.y * zoom, zoom }, ms);
  }

  /** Shows a box whole, as large as it fits between the margins. */
  fit(box: Box, margins: Margins, most = 1, ms = 0): void {
    const { width, height } = this.rect;
    const w = Math.max(80, width - margins.left - margins.right);
    const h = Math.max(80, height - margins.top - margins.bottom);
    const zoom = within(Math.min(w / Math.max(1, box.w), h / Math.max(1, box.h)), LEAST_ZOOM, most);
    this.set(
      {
        x: margins.left + w / 2 - (box.x + box.w / 2) * zoom,
        y: margins.top + h / 2 - (box.y + box.h / 2) * zoom,
        zoom,
      },
      ms,
    );
  }

  private show(view: View): void {
    this.view = view;
    for (const seen of this.watchers) seen(view);
  }
}

export const CameraContext = createContext<Camera>(new Camera());
export const useCamera = (): Camera => useContext(CameraContext);
