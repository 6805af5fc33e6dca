/** The canvas itself: ground, drawing and map under one camera, and the gestures that work on them. */
import { useEffect, useLayoutEffect, useMemo, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useDrawn } from "../publish/review";
import { useCanvas } from "../store";
import { useCamera, type Camera } from "./camera";
import { Drawing } from "./Drawing";
import { listen } from "./gestures";
import { usePulled } from "./gestures/Pulling";
import { MapView } from "./MapView";
import { useFollowing } from "./overlay";
import { PlayLayer } from "./PlayLayer";
import { sceneOf } from "./scene";
import { firstSight } from "./sight";
import { useSpoken } from "./spoken";
import { flowDrawer } from "./toFlow";

/** Its children lie on the drawing and move with it. */
export function Board({ children }: { children?: ReactNode }) {
  const { t } = useTranslation("canvas");
  const camera = useCamera();
  const board = useRef<HTMLDivElement>(null);
  const definition = useDrawn();
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  const level = useCanvas((state) => state.level);
  const readOnly = useCanvas((state) => state.readOnly);
  const playing = useCanvas((state) => state.playing);
  const draw = useMemo(() => flowDrawer(), []);
  const flow = useMemo(() => draw(definition, { catalogue, names }), [draw, definition, catalogue, names]);
  const scene = sceneOf(flow);
  const latest = useRef(scene);
  useLayoutEffect(() => {
    latest.current = scene;
  }, [scene]);
  useLayoutEffect(() => {
    camera.mount(board.current);
    firstSight(camera);
    return () => camera.mount(null);
  }, [camera]);
  useEffect(
    () => (board.current ? listen({ board: board.current, camera, scene: () => latest.current }) : undefined),
    [camera],
  );
  useFollowing(board, latest);
  const spoken = useSpoken(scene);
  return (
    <div
      ref={board}
      className={`rb-board ${level === "near" ? "" : "rb-board-far"} ${level === "map" ? "rb-board-map" : ""} ${readOnly ? "rb-board-still" : ""}`}
      tabIndex={0}
      role="application"
      aria-label={t("a11y.board")}
      aria-describedby="rb-board-help"
      aria-activedescendant={spoken.element}
    >
      <Ground camera={camera} />
      <Drawing scene={scene}>
        <PulledLine />
        {children}
      </Drawing>
      {playing && <PlayLayer drawn={flow} />}
      {!playing && scene.bounds && <MapView scene={scene} />}
      <p id="rb-board-help" className="rb-unseen">
        {t("a11y.boardHelp")}
      </p>
      <p className="rb-unseen" role="status">
        {spoken.words}
      </p>
    </div>
  );
}

const CELL = 24;
/** Dots nearer to each other than this are a haze. */
const LEAST_CELL = 9;

/** The dotted ground. It moves by less than one cell, so that only its place changes and nothing is painted. */
function Ground({ camera }: { camera: Camera }) {
  const dots = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let drawn = 0;
    return camera.watch(({ x, y, zoom }) => {
      const style = dots.current?.style;
      if (!style) return;
      const cell = CELL * zoom;
      if (zoom !== drawn) {
        drawn = zoom;
        style.visibility = cell < LEAST_CELL ? "hidden" : "visible";
        style.backgroundSize = `${cell}px ${cell}px`;
        style.inset = `${-cell}px`;
      }
      style.transform = `translate(${x % cell}px, ${y % cell}px)`;
    });
  }, [camera]);
  return (
    <div className="rb-ground">
      <div ref={dots} className="rb-ground-dots" />
      <div className="rb-ground-touch" />
    </div>
  );
}

/** The line from a dot to the pointer while an arrow is drawn. */
function PulledLine() {
  const { from, to } = usePulled();
  if (!from || !to) return null;
  const bend = Math.max(40, Math.abs(to.x - from.x) / 2);
  return (
    <svg className="rb-lines rb-pulled" aria-hidden="true">
      <path d={`M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`} />
    </svg>
  );
}
