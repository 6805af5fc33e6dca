/** The small map: painted once for each drawing, the frame of what is seen moved by its style. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Box } from "../model/geometry";
import { useCamera } from "./camera";
import { placeOn, type Scene } from "./scene";

const WIDTH = 168;
const HEIGHT = 112;
const EDGE = 6;

function fitted(bounds: Box) {
  const scale = Math.min((WIDTH - 2 * EDGE) / bounds.w, (HEIGHT - 2 * EDGE) / bounds.h);
  return {
    scale,
    x: (WIDTH - bounds.w * scale) / 2 - bounds.x * scale,
    y: (HEIGHT - bounds.h * scale) / 2 - bounds.y * scale,
  };
}

function paint(sheet: HTMLCanvasElement, scene: Scene, bounds: Box): void {
  const pen = sheet.getContext("2d");
  if (!pen) return;
  const ratio = window.devicePixelRatio || 1;
  sheet.width = WIDTH * ratio;
  sheet.height = HEIGHT * ratio;
  const { scale, x, y } = fitted(bounds);
  pen.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
  const style = getComputedStyle(sheet);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  for (const node of scene.flow.nodes) {
    const at = placeOn(scene.byId, node);
    if (node.type === "stage") {
      pen.fillStyle = colour("--sheet-2");
      pen.strokeStyle = node.data.stage.color ?? colour("--line-strong");
      pen.lineWidth = 1 / scale;
      pen.fillRect(at.x, at.y, node.width, node.height);
      pen.strokeRect(at.x, at.y, node.width, node.height);
      continue;
    }
    pen.fillStyle =
      colour(node.type === "step" ? `--kind-${node.data.group}` : "--line-strong") || colour("--brand");
    pen.fillRect(at.x, at.y, node.width, node.height);
  }
}

export function MapView({ scene }: { scene: Scene }) {
  const { t } = useTranslation("canvas");
  const camera = useCamera();
  const sheet = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { bounds } = scene;
  useEffect(() => {
    if (!sheet.current || !bounds) return;
    const canvas = sheet.current;
    // Painted when the hands are still: a change of the drawing does not wait for its map.
    const timer = window.setTimeout(() => paint(canvas, scene, bounds), 120);
    return () => window.clearTimeout(timer);
  }, [scene, bounds]);
  useEffect(() => {
    if (!bounds) return;
    const { scale, x, y } = fitted(bounds);
    let drawn = 0;
    return camera.watch(({ zoom }) => {
      const style = frame.current?.style;
      if (!style) return;
      const seen = camera.seen();
      style.transform = `translate(${seen.x * scale + x}px, ${seen.y * scale + y}px)`;
      if (zoom === drawn) return;
      drawn = zoom;
      style.width = `${seen.w * scale}px`;
      style.height = `${seen.h * scale}px`;
    });
  }, [camera, bounds]);
  if (!bounds) return null;
  const look = (event: React.PointerEvent) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    const { scale, x, y } = fitted(bounds);
    const point = { x: (event.clientX - box.left - x) / scale, y: (event.clientY - box.top - y) / scale };
    camera.center(point, camera.view.zoom);
  };
  return (
    <div
      className="rb-map rb-over"
      role="img"
      aria-label={t("map")}
      onPointerDown={look}
      onPointerMove={look}
    >
      <canvas ref={sheet} style={{ width: WIDTH, height: HEIGHT }} />
      <div ref={frame} className="rb-map-frame" />
    </div>
  );
}
