/** Dots moving along the arrows while a simulation plays, painted on one sheet over the canvas. */
import { useEffect, useMemo, useRef } from "react";

import { daysPerSecond, usePlay } from "../play/store";
import { underWay } from "../play/trips";
import { useCamera } from "./camera";
import { along, linesOf } from "./lines";
import type { Flow } from "./toFlow";

/** A dot needs this long for its line, whatever the speed. */
const TRAVEL_SECONDS = 0.8;
const MOST_DOTS = 400;
const RADIUS = 5;

export function PlayLayer({ drawn }: { drawn: Flow }) {
  const sheet = useRef<HTMLCanvasElement>(null);
  const camera = useCamera();
  const lines = useMemo(() => linesOf(drawn), [drawn]);
  useEffect(() => {
    const paper = sheet.current;
    const pen = paper?.getContext("2d");
    if (!paper || !pen) return;
    const colour = getComputedStyle(paper).color;
    let frame = requestAnimationFrame(function paint() {
      frame = requestAnimationFrame(paint);
      const { clientWidth, clientHeight } = paper;
      const ratio = window.devicePixelRatio || 1;
      if (paper.width !== clientWidth * ratio || paper.height !== clientHeight * ratio) {
        paper.width = clientWidth * ratio;
        paper.height = clientHeight * ratio;
      }
      const { x, y, zoom } = camera.view;
      const { trips, time, speed, running, simulation } = usePlay.getState();
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, clientWidth, clientHeight);
      pen.fillStyle = colour;
      // When the last day is over nobody is on the way any more.
      if (!running && simulation && time >= simulation.days.length) return;
      for (const trip of underWay(trips, time, TRAVEL_SECONDS * daysPerSecond(speed)).slice(0, MOST_DOTS)) {
        const line = lines.get(trip.line);
        const point = line && along(line, trip.share);
        if (!point) continue;
        pen.beginPath();
        pen.arc(point.x * zoom + x, point.y * zoom + y, Math.max(3, RADIUS * zoom), 0, Math.PI * 2);
        pen.fill();
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [camera, lines]);
  return <canvas ref={sheet} className="rb-play-sheet" aria-hidden="true" />;
}
